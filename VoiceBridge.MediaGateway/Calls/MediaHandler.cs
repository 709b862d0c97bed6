using System.Diagnostics;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>
/// One call on this gateway: the caller's leg, a Voice Live session, and what goes on between them. Three things run beside each other:
/// the two sockets' readers, which pass audio on and do nothing else, and the control loop, which does everything else in order.
/// </summary>
internal abstract partial class MediaHandler : ICallerSink, ICallControls, ICallHandle, IDisposable
{
    private const int MaxNotes = 8_192;
    private static readonly TimeSpan ClusterDeadline = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstSocket = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HangUpDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PeerDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AgentDeadline = TimeSpan.FromSeconds(5);

    private readonly CallServices _services;
    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly string? _traceParent;
    private readonly Uplink _uplink;
    private readonly PlayoutClock _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<CallEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NoteQueue _notes = new(MaxNotes);
    private readonly long _startedAt;
    private readonly AgentProfile _profile;
    private ICallerLeg _leg = null!;
    private volatile string? _legFailure;
    private volatile bool _transferred;

    protected MediaHandler(CallFacts facts, Connection connection, string? traceParent, CallServices services)
    {
        (Facts, _connection, _traceParent, _services, _time) = (facts, connection, traceParent, services, services.Time);
        _profile = services.Agents.Choose(facts);
        _uplink = new Uplink(TimeSpan.FromMilliseconds(services.Media.HoldMs));
        _clock = new PlayoutClock(_time);
        _startedAt = _time.GetTimestamp();
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
        });
        using var activity = StartActivity();
        var type = new KeyValuePair<string, object?>("type", Facts.Type);
        VoiceBridgeTelemetry.ActiveCalls.Add(1, type);
        _connection.Handler = this;
        _leg = CreateLeg(_services.Media, _time, why => _legFailure = why);
        _services.Ticker.Add(_tick);

        var reading = ReadCallerAsync();
        var control = ControlAsync();
        var starting = StartAsync();
        var end = await _ended.Task;
        try
        {
            await WindUpAsync(end, reading, control, starting);
        }
        finally
        {
            _services.Ticker.Remove(_tick);
            PublishFrames();
            _services.Connections.Unregister(Facts.ConnectionId);
            VoiceBridgeTelemetry.ActiveCalls.Add(-1, type);
            VoiceBridgeTelemetry.Calls.Add(1, new("outcome", "ended"), new("reason", end.Code));
            VoiceBridgeTelemetry.CallDuration.Record(_time.GetElapsedTime(_startedAt).TotalSeconds, new KeyValuePair<string, object?>("reason", end.Code));
            activity?.SetTag("voicebridge.end_reason", end.Code);
            Log.Ended(_services.Logger, Facts.ConnectionId, end.Code, end.Detail ?? "", _uplink.Frames, _downFrames, DroppedFrames);
        }
        await LeaveClusterAsync(end);
        return end;
    }

    public void Dispose()
    {
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc cref="ICallControls.End"/>
    public void End(CallEnd end) => _ended.TrySetResult(end);

    public void LetGo() => Note(new Note(NoteKind.LetGo));

    public void WriteAgain()
    {
        // Without the provider's handle nobody could bring the call back, or hang it up.
        _services.Journal.Change(Facts.CallId, new CallChange { CallConnectionId = Facts.CallConnectionId, To = Facts.CalledNumber, TraceId = Facts.CallId });
        _services.Journal.WriteAgain(Facts.CallId);
    }

    /// <summary>The caller's side of this provider.</summary>
    protected abstract ICallerLeg CreateLeg(MediaOptions options, TimeProvider time, Action<string> onWriteFailure);

    /// <summary>The call has begun, or ended, on this gateway: for providers whose calls nobody else keeps a record of.</summary>
    protected virtual Task OnStartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected virtual Task OnEndedAsync(CallEnd end, CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ReadCallerAsync()
    {
        PumpEnd read;
        try
        {
            read = await _leg.RunAsync(this);
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId);
            End(new CallEnd(CallEndReason.Error, exception.GetType().Name));
            return;
        }

        if (read is PumpEnd.TooBig or PumpEnd.TooMany or PumpEnd.Stopped)
            Refused(RefusalOf(read));
        if (_transferred)
            End(new CallEnd(CallEndReason.Transferred));
        else if (_legFailure is { } failure)
            End(new CallEnd(CallEndReason.MediaLost, failure));
        else
            End(EndOf(read));
    }

    /// <summary>What it means for the call that the caller's socket ended so. Whether a phone call is over or only its media, the provider
    /// tells CallControl, not us: only what the caller's side cannot have meant is an error.</summary>
    private static CallEnd EndOf(PumpEnd end) => end switch
    {
        PumpEnd.Closed => new CallEnd(CallEndReason.CallerHungUp),
        PumpEnd.Broken => new CallEnd(CallEndReason.MediaLost),
        PumpEnd.TooBig => new CallEnd(CallEndReason.Error, "a message was too big"),
        PumpEnd.TooMany => new CallEnd(CallEndReason.Error, "too many messages"),
        _ => new CallEnd(CallEndReason.Error, "messages that cannot be read"),
    };

    private void Refused(string reason) => VoiceBridgeTelemetry.Refusals.Add(1, new("entry", $"{Facts.Type}_socket"), new("reason", reason));

    private static string RefusalOf(PumpEnd end) => end switch
    {
        PumpEnd.TooBig => "too_large",
        PumpEnd.TooMany => "too_many",
        _ => "malformed",
    };

    private async Task StartAsync()
    {
        try
        {
            if (await RegisterAsync() is not { } registration)
            {
                // A late reconnect. Nobody is there any more, and nothing to hang up.
                End(new CallEnd(CallEndReason.CallerHungUp, "the call was over already"));
                return;
            }
            OpenSession(registration.VoiceLiveEndpoint);
            await OnClusterAsync(OnStartedAsync);
            _services.Journal.Change(Facts.CallId, new CallChange { CallConnectionId = Facts.CallConnectionId });
            _services.Journal.Event(Facts.CallId, Facts.Resumed ? "moved" : "connected", $"media on {_services.Identity.Id}");
            var agent = await _services.Agents.CreateAsync(_profile, this, _stopping.Token);
            if (!_notes.TryPost(new Note(NoteKind.AgentReady, Data: agent)))
                await agent.DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // The call was over before it began.
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId);
            End(new CallEnd(CallEndReason.Error, "the agent could not be made"));
        }
    }

    /// <summary>Turns the call's reservation into a connection; null when the call is over. Without Redis the call goes on and is announced later.</summary>
    private async Task<Registration?> RegisterAsync()
    {
        try
        {
            var registration = await _services.Directory.RegisterAsync(_connection.Record(_services.Identity.Id), _stopping.Token)
                .WaitAsync(ClusterDeadline, _time, _stopping.Token);
            if (registration.CallOver)
                return null;
            Facts = Facts with { Generation = registration.Generation, Resumed = registration.Resumed };
            _connection.Generation = registration.Generation;
            EndOlder();
            return registration;
        }
        catch (Exception exception) when (!_stopping.IsCancellationRequested)
        {
            // Nobody says whether the call had a media socket before. One that rang a while ago probably had: then its conversation is worth a look.
            var now = _time.GetUtcNow();
            _connection.Generation = now.ToUnixTimeSeconds();
            Facts = Facts with { Generation = _connection.Generation, Resumed = now - Facts.RangAt > FirstSocket };
            Log.NotRegistered(_services.Logger, Facts.ConnectionId, exception.GetType().Name);
            EndOlder();
            return new Registration(_connection.Generation, null, false);
        }
    }

    /// <summary>
    /// Ends the handlers of this call's earlier sockets on this gateway; one elsewhere learns it from its next heartbeat. Not before this socket is registered: the
    /// cluster would take the call's media for lost.
    /// </summary>
    private void EndOlder()
    {
        foreach (var older in _services.Connections.Older(_connection))
            older.Handler?.End(new CallEnd(CallEndReason.Superseded));
    }

    private async Task LeaveClusterAsync(CallEnd end)
    {
        await OnClusterAsync(cancellationToken => OnEndedAsync(end, cancellationToken));
        await OnClusterAsync(cancellationToken => _services.Directory.UnregisterAsync(_connection.Record(_services.Identity.Id), end.Code, cancellationToken));
    }

    /// <summary>Tells the cluster something that the call does not depend on: what Redis does not take now lapses or is announced again.</summary>
    private async Task OnClusterAsync(Func<CancellationToken, Task> tell)
    {
        try
        {
            await tell(CancellationToken.None).WaitAsync(ClusterDeadline, _time);
        }
        catch (Exception exception)
        {
            Log.NotTold(_services.Logger, Facts.ConnectionId, exception.GetType().Name);
        }
    }

    private async Task WindUpAsync(CallEnd end, Task reading, Task control, Task starting)
    {
        await _stopping.CancelAsync();
        await starting;
        _notes.TryPost(new Note(NoteKind.Ended, Data: end));
        _notes.Complete();
        await control;

        // Hang up first: a media socket that closes before would look like one that was lost.
        var peerCloses = false;
        if (end.HangsUp && !reading.IsCompleted)
        {
            using var deadline = new CancellationTokenSource(HangUpDeadline, _time);
            peerCloses = await HangUpAsync(end, deadline.Token);
        }
        if (peerCloses)
            await Within(reading, PeerDeadline);
        _leg.Close(end);
        CloseSessions();
        if (!await Within(reading, PeerDeadline))
            _leg.Abort();
        await reading;
        await EndSessionsAsync();
        _uplink.Clear();
        if (_agent is { } agent && !await Within(agent.DisposeAsync().AsTask(), AgentDeadline))
            Log.AgentStuck(_services.Logger, Facts.ConnectionId);
    }

    /// <summary>Ends the phone call; whether the provider will close the media socket because of it.</summary>
    protected virtual Task<bool> HangUpAsync(CallEnd end, CancellationToken cancellationToken) =>
        _services.CallControl.HangUpAsync(Facts, end.Code, cancellationToken);

    private Activity? StartActivity()
    {
        // A browser's ticket names no trace.
        if (!ActivityContext.TryParse(_traceParent, null, isRemote: true, out var parent))
            parent = CallTrace.ContextOf(Facts.CallId);
        var activity = VoiceBridgeTelemetry.Source.StartActivity("call", ActivityKind.Server, parent);
        activity?.SetTag("voicebridge.call_id", Facts.CallId);
        activity?.SetTag("voicebridge.connection_id", Facts.ConnectionId);
        activity?.SetTag("voicebridge.caller", Facts.CallerShown);
        return activity;
    }

    private async Task<bool> Within(Task task, TimeSpan deadline)
    {
        try
        {
            await task.WaitAsync(deadline, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        catch (Exception exception)
        {
            Log.Failed(_services.Logger, exception, Facts.ConnectionId);
            return true;
        }
    }
}
