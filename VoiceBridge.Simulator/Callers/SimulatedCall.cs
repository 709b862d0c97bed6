using System.Security.Cryptography;
using VoiceBridge.Simulator.Acs;
using VoiceBridge.Simulator.Acs.Callbacks;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Acs.Rest;
using VoiceBridge.Simulator.Callers;
using VoiceBridge.Simulator.Twilio;

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
    private AcsLine? _acs;
    private TwilioCall? _twilio;
    private IMediaLine? _line;
    private Conversation? _conversation;
    private Task _ending = Task.CompletedTask;

    internal SimulatedCall(CallPlan plan, CallServices services)
    {
        _services = services;
        Plan = plan;
        CorrelationId = plan.CorrelationId ?? (plan.Network is PhoneNetwork.Twilio ? TwilioCall.NewSid() : Guid.NewGuid().ToString());
        ServerCallId = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"https://conv-simulated-01.conv.skype.com/conv/{CorrelationId}?i=10&e=1"));
        Context = Convert.ToBase64String(RandomNumberGenerator.GetBytes(900));
        Mark = plan.Mark ?? (ushort)(Interlocked.Increment(ref _marks) % ushort.MaxValue + 1);
        _rangAt = services.Time.GetTimestamp();
        RangAt = services.Time.GetUtcNow();
        var ringsFor = TimeSpan.FromSeconds(plan.Network is PhoneNetwork.Twilio ? services.Options.Twilio.RingSeconds : services.Options.Acs.RingSeconds);
        var givesUp = plan.GiveUpAfter < ringsFor;
        _ringing = services.Time.CreateTimer(
            _ => StopRinging(SimulatedCallState.MissedRinging, givesUp ? "caller gave up" : "nobody answered"),
            null, givesUp ? plan.GiveUpAfter!.Value : ringsFor, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What was ordered.</summary>
    public CallPlan Plan { get; }

    /// <summary>The id that is on every event of the call: ACS's correlation id, Twilio's CallSid.</summary>
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
        MediaSockets = _line?.Opened ?? 0,
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
    public bool MediaOpen => _line?.Active ?? false;

    /// <summary>Callbacks that were delivered.</summary>
    public int CallbacksDelivered => _callbacks?.Delivered ?? 0;

    internal string ServerCallId { get; }

    internal string Context { get; }

    internal AnswerRequest? Answered => _answer;

    internal MediaStream? Stream => _acs?.Stream;

    internal TwilioCall? Twilio => _twilio;

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
                _line = _acs = new AcsLine(this, answer.Media, _services, OnMedia);
                _conversation = _acs.Conversation;
            }
        }
        _ringing.Dispose();
        _ = Task.Run(ConnectAsync);
        return true;
    }

    /// <summary>The phone rings at whoever Twilio asks what to do.</summary>
    internal void RingTwilio() => (_twilio = new TwilioCall(this, _services)).Ring();

    /// <summary>Twilio was told to connect the caller, unless nothing rings any more.</summary>
    internal bool TryAnswer(IMediaLine line, Conversation conversation)
    {
        lock (_gate)
        {
            if (State != SimulatedCallState.Ringing) return false;
            State = SimulatedCallState.Answered;
            CallConnectionId = CorrelationId;
            _answeredAt = _services.Time.GetTimestamp();
            (_line, _conversation) = (line, conversation);
        }
        _ringing.Dispose();
        _services.Pacer.Add(conversation);
        _answered.TrySetResult();
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
        _twilio?.End(answered: false);
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
        var starts = _acs is not null && _answer!.Media!.Start;
        var before = starts && behaviour.SocketBeforeConnected ? await _acs!.Stream.StartAsync() : null;
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
        if (starts) OnMedia(before ?? await _acs!.Stream.StartAsync());
    }

    private void OnMedia(MediaStream.MediaEvent happened)
    {
        if (State == SimulatedCallState.Answered)
            Callback(Events.MediaStreaming(happened.What, happened.Details, _answer!.OperationContext, happened.Code, happened.SubCode, happened.Message));
    }

    private async Task EndAsync(string reason)
    {
        if (_conversation is not null) _services.Pacer.Remove(_conversation);
        if (_answer is not null)
        {
            Callback(Events.CallDisconnected(_answer.OperationContext, reason));
            _callbacks!.Complete();
        }
        if (_acs is not null) await _acs.Stream.EndAsync();
        if (_twilio is not null) await _twilio.EndAsync();
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
        _acs?.Stream.Dispose();
        if (_twilio is not null) await _twilio.DisposeAsync();
    }
}
