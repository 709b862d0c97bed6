using System.Security.Cryptography;
using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Callbacks;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Acs.Rest;
using VoiceBridge.Simulator.Callers;

namespace VoiceBridge.Simulator;

/// <summary>One simulated phone call, from its first ring on.</summary>
public sealed partial class SimulatedCall : IAsyncDisposable
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);
    private static int _marks;
    private readonly CallServices _services;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _ringing;
    private readonly long _rangAt;
    private long _answeredAt;
    private AnswerRequest? _answer;
    private CallbackSender? _callbacks;
    private CallEvents? _events;
    private MediaStream? _stream;
    private Conversation? _conversation;
    private Task _ending = Task.CompletedTask;

    internal SimulatedCall(CallPlan plan, CallServices services)
    {
        _services = services;
        Plan = plan;
        CorrelationId = plan.CorrelationId ?? Guid.NewGuid().ToString();
        ServerCallId = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"https://conv-simulated-01.conv.skype.com/conv/{CorrelationId}?i=10&e=1"));
        Context = Convert.ToBase64String(RandomNumberGenerator.GetBytes(900));
        Mark = plan.Mark ?? (ushort)(Interlocked.Increment(ref _marks) % ushort.MaxValue + 1);
        _rangAt = services.Time.GetTimestamp();
        RangAt = services.Time.GetUtcNow();
        var ringsFor = TimeSpan.FromSeconds(services.Options.Acs.RingSeconds);
        var givesUp = plan.GiveUpAfter < ringsFor;
        _ringing = services.Time.CreateTimer(
            _ => StopRinging(SimulatedCallState.MissedRinging, givesUp ? "caller gave up" : "nobody answered"),
            null, givesUp ? plan.GiveUpAfter!.Value : ringsFor, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What was ordered.</summary>
    public CallPlan Plan { get; }

    /// <summary>The id that is on every event of the call.</summary>
    public string CorrelationId { get; }

    /// <summary>The id of the answered call; empty until then.</summary>
    public string CallConnectionId { get; private set; } = "";

    /// <summary>What the call's audio carries; see <see cref="CallPlan.Mark"/>.</summary>
    public ushort Mark { get; }

    /// <summary>Where it is.</summary>
    public SimulatedCallState State { get; private set; }

    /// <summary>When the phone began to ring.</summary>
    public DateTimeOffset RangAt { get; }

    /// <summary>Why it ended, or was never answered.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Done when it was answered. Never, if it is not: wait with a deadline, or for <see cref="WhenEnded"/> too.</summary>
    public Task WhenAnswered => _answered.Task;

    /// <summary>Done when it is over, answered or not.</summary>
    public Task WhenEnded => _over.Task;

    /// <summary>What the caller noticed.</summary>
    public CallerStatistics Stats => (_conversation?.Statistics ?? new CallerStatistics()) with
    {
        TimeToAnswer = _answeredAt == 0 ? null : _services.Time.GetElapsedTime(_rangAt, _answeredAt),
        MediaSockets = _stream?.Opened ?? 0,
    };

    /// <summary>What became of the audio for the caller.</summary>
    public CallPlayout Playout => _conversation?.Playout ?? new CallPlayout(0, 0, 0, [], 0, new Dictionary<int, double>());

    /// <summary>What the agent said, as the caller heard it.</summary>
    public IReadOnlyList<HeardTurn> Heard => _conversation?.Heard ?? [];

    /// <summary>What the caller has said, turn by turn.</summary>
    public IReadOnlyList<SaidTurn> Said => _conversation?.Said ?? [];

    /// <summary>Whether the agent is being heard right now.</summary>
    public bool AgentSpeaking => _conversation?.AgentSpeaking ?? false;

    /// <summary>Whether the caller has done everything its script says.</summary>
    public bool ScriptFinished => _conversation?.ScriptFinished ?? false;

    /// <summary>Whether a media socket is open.</summary>
    public bool MediaOpen => _stream?.Active ?? false;

    /// <summary>Callbacks that were delivered.</summary>
    public int CallbacksDelivered => _callbacks?.Delivered ?? 0;

    internal string ServerCallId { get; }

    internal string Context { get; }

    internal AnswerRequest? Answered => _answer;

    internal MediaStream? Stream => _stream;

    /// <summary>Answers it, unless it rings no more.</summary>
    internal bool TryAnswer(AnswerRequest answer)
    {
        lock (_gate)
        {
            if (State != SimulatedCallState.Ringing) return false;
            State = SimulatedCallState.Answered;
            CallConnectionId = Guid.NewGuid().ToString();
            _answeredAt = _services.Time.GetTimestamp();
            _answer = answer;
            _events = new CallEvents(CallConnectionId, ServerCallId, CorrelationId, _services.Time);
            _callbacks = new CallbackSender(_services.Options.Acs, _services.Identity, _services.Http, _services.Time, _services.Logs.CreateLogger<CallbackSender>());
            if (answer.Media is not null)
            {
                _conversation = new Conversation(this, answer.Media, _services);
                _stream = new MediaStream(_services, answer.Media, CallConnectionId, this, _conversation.OnMessage, _conversation.PaceAsync, OnMedia);
                _conversation.Stream = _stream;
            }
        }
        _ringing.Dispose();
        _ = Task.Run(ConnectAsync);
        return true;
    }

    /// <summary>Ends the ringing without an answer.</summary>
    internal bool StopRinging(SimulatedCallState how, string reason)
    {
        lock (_gate)
        {
            if (State != SimulatedCallState.Ringing) return false;
            State = how;
            EndReason = reason;
        }
        _ringing.Dispose();
        _over.TrySetResult();
        return true;
    }

    /// <summary>Ends an answered call.</summary>
    internal void Disconnect(string reason, params System.Text.Json.Nodes.JsonObject[] before)
    {
        lock (_gate)
        {
            if (State != SimulatedCallState.Answered) return;
            State = SimulatedCallState.Ended;
            EndReason = reason;
        }
        foreach (var happened in before) Callback(happened);
        _ending = Task.Run(() => EndAsync(reason));
    }

    internal void Callback(System.Text.Json.Nodes.JsonObject happened, Uri? to = null) => _callbacks?.Send(to ?? _answer!.CallbackUri, happened);

    internal CallEvents Events => _events!;

    private async Task ConnectAsync()
    {
        var behaviour = _services.Options.Acs;
        await Task.Delay(behaviour.CallbackDelay, _services.Time);
        if (behaviour.AnswerFails)
        {
            Callback(Events.AnswerFailed(_answer!.OperationContext));
            Disconnect("answer failed");
            _answered.TrySetResult();
            return;
        }
        var starts = _stream is not null && _answer!.Media!.Start;
        var before = starts && behaviour.SocketBeforeConnected ? await _stream!.StartAsync() : null;
        if (State != SimulatedCallState.Answered) return;
        var connected = Events.CallConnected(_answer!.OperationContext);
        var participants = Events.ParticipantsUpdated(Plan.From, Plan.To);
        // Both shapes are seen of ACS: one event in a POST, or two.
        if (Mark % 2 == 0)
        {
            _callbacks!.Send(_answer.CallbackUri, connected, participants);
        }
        else
        {
            Callback(connected);
            Callback(participants);
        }
        if (_conversation is not null) _services.Pacer.Add(_conversation);
        _answered.TrySetResult();
        if (State != SimulatedCallState.Answered && _conversation is not null) _services.Pacer.Remove(_conversation);
        if (starts) OnMedia(before ?? await _stream!.StartAsync());
    }

    private void OnMedia(MediaStream.MediaEvent happened)
    {
        if (State == SimulatedCallState.Answered)
            Callback(Events.MediaStreaming(happened.What, happened.Details, _answer!.OperationContext, happened.Code, happened.SubCode, happened.Message));
    }

    private async Task EndAsync(string reason)
    {
        if (_conversation is not null) _services.Pacer.Remove(_conversation);
        Callback(Events.CallDisconnected(_answer!.OperationContext, reason));
        _callbacks!.Complete();
        if (_stream is not null) await _stream.EndAsync();
        _conversation?.Finish();
        _answered.TrySetResult();
        _over.TrySetResult();
    }

    /// <summary>Ends it at once, as far as it goes on, and lets its last callbacks go.</summary>
    public async ValueTask DisposeAsync()
    {
        StopRinging(SimulatedCallState.MissedRinging, "simulator stopped");
        Disconnect("simulator stopped");
        try
        {
            await _ending.WaitAsync(LongestGoodbye);
        }
        catch (TimeoutException)
        {
            // Its socket does not close; it is aborted with the process.
        }
        if (_callbacks is not null) await _callbacks.DisposeAsync();
        _stream?.Dispose();
    }
}
