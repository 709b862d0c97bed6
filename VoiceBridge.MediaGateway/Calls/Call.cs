using System.Diagnostics;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>
/// One call on this gateway, from its media socket to its end: registered, put on a session, talked through, wound up. Three things run beside each other: the
/// two sockets' readers, which pass audio on and do nothing else (<see cref="CallAudio"/>), and the loop, which decides everything else in order.
/// </summary>
internal sealed partial class Call : IAudioSignals, ICallControls, ICallHandle, IDisposable
{
    private const int MaxSignals = 8_192;
    private const int TicksPerLook = 5;
    private static readonly TimeSpan HangUpDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PeerDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AgentDeadline = TimeSpan.FromSeconds(5);
    /// <summary>An answer that is said to lie further back than this before the media socket is another clock's.</summary>
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(30);

    private readonly CallServices _services;
    private readonly IPhone _phone;
    private readonly ICallerLeg _leg;
    private readonly Connection _connection;
    private readonly string? _traceParent;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<CallEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AgentProfile _profile;
    private readonly CallRegistration _registration;
    private readonly CallLoop _loop;
    private readonly CallAudio _audio;
    private readonly CallSessions _sessions;
    private readonly CallTransfer _transfer;
    private readonly long _startedAt;
    private readonly Action _tick;
    private volatile string? _legFailure;
    private ICallAgent? _agent;
    private bool _hasPlayed;
    private bool _over;
    private int _ticks;

    /// <param name="facts">What is known of the call.</param>
    /// <param name="connection">Its place on this gateway, which <see cref="RunAsync"/> gives up.</param>
    /// <param name="traceParent">The trace that the call belongs to.</param>
    /// <param name="phone">The network that it came through.</param>
    /// <param name="createLeg">Makes the caller's side, given whom to tell when its socket fails.</param>
    /// <param name="services">The gateway.</param>
    public Call(CallFacts facts, Connection connection, string? traceParent, IPhone phone, Func<Action<string>, ICallerLeg> createLeg, CallServices services)
    {
        (_connection, _traceParent, _phone, _services) = (connection, traceParent, phone, services);
        _startedAt = services.Time.GetTimestamp();
        _profile = services.Agents.Choose(facts);
        _registration = new CallRegistration(services, connection);
        _loop = new CallLoop(services.Time, MaxSignals, OnSettled, OnFailed);
        _leg = createLeg(why => _legFailure = why);
        Facts = facts with { Audio = _leg.Format };
        _audio = new CallAudio(_leg, this, TimeSpan.FromMilliseconds(services.Media.HoldMs), services.Media.MaxAudioRate, services.Time);
        _sessions = new CallSessions(services, _loop, _audio, () => Facts, End, _stopping.Token);
        _transfer = new CallTransfer(phone, services.Calls, services.Time, why => _loop.Post("transfer failed", () => _agent?.OnTransferFailed(why)));
        _tick = Tick;
    }

    public CallFacts Facts { get; private set; }

    /// <summary>Runs the call to its end. Afterwards nothing of it is left: no task, no socket, no timer.</summary>
    public async Task<CallEnd> RunAsync()
    {
        using var scope = _services.Logger.BeginScope(new Dictionary<string, object>
        {
            ["call_id"] = Facts.CallId,
            ["correlation_id"] = Facts.CorrelationId,
            ["connection_id"] = Facts.ConnectionId,
            ["provider"] = Facts.Type,
        });
        using var activity = StartActivity();
        var type = new KeyValuePair<string, object?>("type", Facts.Type);
        VoiceBridgeTelemetry.ActiveCalls.Add(1, type);
        _connection.Handler = this;
        _services.Ticker.Add(_tick);
        _loop.Post("limits", SetLimits);

        var reading = ReadCallerAsync();
        var deciding = _loop.RunAsync();
        var starting = StartAsync();
        var end = await _ended.Task;
        try
        {
            await WindUpAsync(end, reading, deciding, starting);
        }
        finally
        {
            _services.Ticker.Remove(_tick);
            _loop.Dispose();
            _audio.PublishFrames();
            _services.Connections.Unregister(Facts.ConnectionId);
            VoiceBridgeTelemetry.ActiveCalls.Add(-1, type);
            VoiceBridgeTelemetry.Calls.Add(1, new("outcome", "ended"), new("reason", end.Code), type);
            VoiceBridgeTelemetry.CallDuration.Record(_services.Time.GetElapsedTime(_startedAt).TotalSeconds, new("reason", end.Code), type);
            activity?.SetTag("voicebridge.end_reason", end.Code);
            Log.Ended(_services.Logger, Facts.ConnectionId, end.Code, end.Detail ?? "", _audio.UpFrames, _audio.DownFrames, _audio.DroppedFrames);
        }
        await _registration.TellAsync(cancellationToken => _phone.OnEndedAsync(Facts, end, cancellationToken));
        await _registration.UnregisterAsync(end);
        return end;
    }

    public void Dispose() => _stopping.Dispose();

    /// <inheritdoc cref="ICallControls.End"/>
    public void End(CallEnd end) => _ended.TrySetResult(end);

    public void SayGoodbyeAndEnd(CallEndReason reason) => Post("goodbye", () =>
    {
        if (_agent is not null && _sessions.Current is not null)
            _agent.SayGoodbyeAndEnd(reason);
        else
            End(new CallEnd(reason));
    });

    public void WriteAgain()
    {
        // Without the provider's handle nobody could bring the call back, or hang it up.
        _services.Journal.Change(Facts.CallId, new CallChange { CallConnectionId = Facts.CallConnectionId, To = Facts.CalledNumber, TraceId = Facts.CallId });
        _services.Journal.WriteAgain(Facts.CallId);
    }

    /// <summary>Registers the call, and makes its session and its agent at once: the caller waits.</summary>
    private async Task StartAsync()
    {
        try
        {
            if (await _registration.RegisterAsync(Facts, _stopping.Token) is not { } registered)
            {
                // A late reconnect. Nobody is there any more, and nothing to hang up.
                End(new CallEnd(CallEndReason.CallerHungUp, "the call was over already"));
                return;
            }
            Facts = registered.Facts;
            _loop.Post("registered", () => _sessions.Begin(_profile, registered.Endpoint));
            await _registration.TellAsync(cancellationToken => _phone.OnStartedAsync(Facts, cancellationToken));
            _services.Journal.Change(Facts.CallId, new CallChange { CallConnectionId = Facts.CallConnectionId });
            _services.Journal.Event(Facts.CallId, Facts.Resumed ? "moved" : "connected", $"{Facts.Type} media on {_services.Identity.Id}");
            var agent = await _services.Agents.CreateAsync(_profile, this, _stopping.Token);
            if (!_loop.Post("agent", () => OnAgentReady(agent)))
                await agent.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // The call was over before it began.
        }
        catch (Exception exception)
        {
            OnFailed(exception, "start");
        }
    }

    private void OnAgentReady(ICallAgent agent)
    {
        _agent = agent;
        _sessions.OnAgentReady(agent);
    }

    /// <summary>Reads what the caller's side sends until its socket ends, which ends the call here.</summary>
    private async Task ReadCallerAsync()
    {
        try
        {
            var read = await _leg.RunAsync(_audio);
            if (RefusalOf(read) is { } refusal)
                VoiceBridgeTelemetry.Refusals.Add(1, new("entry", $"{Facts.Type}_socket"), new("reason", refusal));
            // Whether a phone call is over or only its media, the provider tells CallControl, not us: only what the caller's side cannot have meant is an error.
            End(_transfer.IsUnderWay ? new CallEnd(CallEndReason.Transferred)
                : _legFailure is { } failure ? new CallEnd(CallEndReason.MediaLost, failure)
                : read == PumpEnd.Closed ? new CallEnd(CallEndReason.CallerHungUp)
                : read == PumpEnd.Broken ? new CallEnd(CallEndReason.MediaLost)
                : new CallEnd(CallEndReason.Error, $"the caller's messages were {RefusalOf(read)}"));
        }
        catch (Exception exception)
        {
            OnFailed(exception, "caller");
        }
    }

    private static string? RefusalOf(PumpEnd end) => end switch
    {
        PumpEnd.TooBig => "too_large",
        PumpEnd.TooMany => "too_many",
        PumpEnd.Stopped => "malformed",
        _ => null,
    };

    /// <summary>The longest call counts from the ring, and ends with a goodbye.</summary>
    private void SetLimits()
    {
        var longest = TimeSpan.FromMinutes(_services.Options.MaxMinutes);
        var end = Facts.RangAt + longest;
        if (Facts.EndsAt < end)
            end = Facts.EndsAt.Value;
        var left = (end - _loop.Now) / 10;
        var goodbye = left < LongestGoodbye ? left : LongestGoodbye;
        _loop.At(end - goodbye, "goodbye", () => SayGoodbyeAndEnd(CallEndReason.TooLong));
        _loop.At(end, "end", () => End(new CallEnd(CallEndReason.TooLong)));
    }

    /// <summary>Ends what is left, each within its time.</summary>
    private async Task WindUpAsync(CallEnd end, Task reading, Task deciding, Task starting)
    {
        await _stopping.CancelAsync();
        await starting;
        _loop.Post("ended", () =>
        {
            _over = true;
            _agent?.OnEnded(end);
        });
        _loop.Complete();
        await deciding;

        // Hang up first: a media socket that closes before would look like one that was lost.
        var peerCloses = false;
        if (end.HangsUp && !reading.IsCompleted)
        {
            using var deadline = new CancellationTokenSource(HangUpDeadline, _services.Time);
            peerCloses = await _phone.HangUpAsync(Facts, end, deadline.Token);
        }
        if (peerCloses)
            await Within(reading, PeerDeadline);
        _leg.Close(end);
        _sessions.Close();
        if (!await Within(reading, PeerDeadline))
            _leg.Abort();
        await reading;
        var sessions = _sessions.WhenOverAsync();
        if (!await Within(sessions, PeerDeadline))
            _sessions.Abort();
        await sessions;
        _audio.Clear();
        if (_agent is { } agent && !await Within(agent.DisposeAsync().AsTask(), AgentDeadline))
            Log.AgentStuck(_services.Logger, Facts.ConnectionId);
    }

    private async Task<bool> Within(Task task, TimeSpan deadline)
    {
        try
        {
            await task.WaitAsync(deadline, _services.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId, "end");
            return true;
        }
    }

    private Activity? StartActivity()
    {
        // A browser's ticket names no trace.
        if (!ActivityContext.TryParse(_traceParent, null, isRemote: true, out var parent))
            parent = CallTrace.ContextOf(Facts.CallId);
        var activity = VoiceBridgeTelemetry.Source.StartActivity("call", ActivityKind.Server, parent);
        activity?.SetTag("voicebridge.call_id", Facts.CallId);
        activity?.SetTag("voicebridge.connection_id", Facts.ConnectionId);
        activity?.SetTag("voicebridge.caller", Facts.CallerShown);
        activity?.SetTag("voicebridge.provider", Facts.Type);
        return activity;
    }
}
