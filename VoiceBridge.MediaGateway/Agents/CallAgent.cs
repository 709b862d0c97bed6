using System.Diagnostics;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>The agent of one call: says the greeting, runs tools, keeps the conversation, notices silence, ends or transfers the call.
/// Everything happens under one lock, held for moments only: events of the call, timers, and tools that are done.</summary>
internal sealed partial class CallAgent : ICallAgent, IToolCallObserver
{
    /// <summary>A transfer that was accepted and has not taken the call away by then has failed.</summary>
    private static readonly TimeSpan TransferTime = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan HearingTime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ToolEndTime = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ICallControls _controls;
    private readonly AgentProfile _profile;
    private readonly ICallJournal _journal;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ToolRegistry _tools;
    private readonly CallTimers _timers;
    private readonly CallRecorder _recorder;
    private readonly ResponseScheduler _responses;
    private readonly SilenceLadder _silence;
    private readonly GracefulHangUp _farewell;
    private readonly DtmfCollector _keys;
    private readonly ToolCalls _toolCalls;
    private readonly CostMeter _costs;
    private volatile bool _interruptible;
    private bool _greetingHeldOut;
    private bool _takenOver;
    private bool _isOver;
    private bool _transferring;
    private int _activity;
    private string? _model;

    public CallAgent(
        ICallControls controls, AgentProfile profile, IReadOnlyList<Turn> turns, Func<IReadOnlyList<AgentTool>, ToolRegistry> openTools,
        ToolRunner runner, IReadOnlyDictionary<string, ModelPrice> prices, ICallJournal journal, TimeProvider time, ILogger logger)
    {
        (_controls, _profile, _journal, _time, _logger) = (controls, profile, journal, time, logger);
        _tools = openTools(BuiltIn());
        _timers = new CallTimers(time, _gate);
        _recorder = new CallRecorder(controls, journal, _timers, time, _gate, turns);
        _responses = new ResponseScheduler(_timers, profile.CreateResponse, controls.Send);
        _silence = new SilenceLadder(_timers, profile.Silence, OnSilence);
        _farewell = new GracefulHangUp(_timers, End);
        _keys = new DtmfCollector(_timers, profile.KeyGap, OnKeys);
        var parent = Activity.Current?.Context ?? default;
        _toolCalls = new ToolCalls(_gate, (name, json) => runner.RunAsync(_tools, name, json, parent, _ended.Token), this);
        _costs = new CostMeter(prices);
        _takenOver = turns.Count > 0;
    }

    public AgentProfile Profile => _profile;

    public bool Interruptible => _interruptible;

    private string CallId => _controls.Facts.CallId;

    public ReadOnlyMemory<byte> SessionUpdate(SessionTarget target, bool resumed)
    {
        lock (_gate)
        {
            // A session may be prepared while another one is in use: what it changes for the call comes with its opening.
            _model ??= target.Model;
            return SessionUpdateWriter.Update(_profile, target, _tools.Functions, !IsGreetingHeldOut(resumed), CallId);
        }
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Opening(bool resumed)
    {
        lock (_gate)
        {
            _greetingHeldOut = IsGreetingHeldOut(resumed);
            _interruptible = _profile.InterruptResponse && !_greetingHeldOut;
            return IsContinued(resumed) ? Continue() : Greet();
        }
    }

    public void OnBargeIn(in HeardItem heard)
    {
        lock (_gate)
        {
            _activity++;
            Stay();
            _recorder.Cut(heard.ItemId, heard.HeardMs, heard.SentMs);
        }
    }

    public void OnDtmf(string tone)
    {
        lock (_gate)
        {
            _activity++;
            _silence.CallerActive();
            _keys.Add(tone);
        }
    }

    public void LetGo()
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _silence.Stop();
            _farewell.Begin(CallEndReason.LetGo);
            _responses.Request(Prompts.Instructed(Prompts.LetGo));
        }
    }

    public void OnEnded(CallEnd end)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _isOver = true;
            _timers.Dispose();
            // Where the call itself may go on with another handler, its turns are still needed.
            _recorder.End(over: end.Reason is not (CallEndReason.MediaLost or CallEndReason.Superseded or CallEndReason.Drained));
        }
        _ended.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        OnEnded(new CallEnd(CallEndReason.MediaLost));
        Task tools;
        lock (_gate)
        {
            _responses.Dispose();
            _silence.Dispose();
            _farewell.Dispose();
            _keys.Dispose();
            tools = _toolCalls.WhenAllAsync();
        }
        await tools.WaitAsync(ToolEndTime, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tools.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private bool IsContinued(bool resumed) => resumed && _recorder.Turns.Count > 0;

    private bool IsGreetingHeldOut(bool resumed) =>
        !IsContinued(resumed) && _profile is { Greeting.Interruptible: false, InterruptResponse: true };

    private List<ReadOnlyMemory<byte>> Greet()
    {
        _responses.Reset();
        if (_profile.Greeting is not { } greeting)
        {
            ListenWhenQuiet();
            return [];
        }
        var request = greeting.Text is { } text ? ClientEvents.Say(text) : Prompts.Instructed(greeting.Instructions ?? "");
        _responses.Sent(request);
        if (_greetingHeldOut)
            _timers.After(HearingTime, AllowInterruption);
        return [request];
    }

    /// <summary>A new session for a call in progress: the conversation so far, and an answer where the caller waits for one.</summary>
    private List<ReadOnlyMemory<byte>> Continue()
    {
        var waiting = _recorder.Turns[^1].Speaker is Speakers.Caller or Speakers.Tool || _toolCalls.Running > 0;
        var unheard = _recorder.AwaitsTranscription;
        var brokenOff = _recorder.BreakOff();
        _responses.Reset();
        _toolCalls.Reset();
        var events = ConversationReplay.Items(_recorder.Turns);
        ReadOnlyMemory<byte>? request = (brokenOff, _takenOver, waiting && _toolCalls.Running == 0) switch
        {
            _ when unheard => Prompts.Instructed("A technical fault swallowed what the caller just said. Ask them to say it again."),
            (true, _, _) => Prompts.Instructed("A technical fault cut off what you were saying. Go on from there, without greeting."),
            (_, true, _) => Prompts.Instructed(
                "The line was interrupted for some seconds. Apologise in a few words and go on, without greeting."),
            (_, _, true) => ClientEvents.ResponseCreate(),
            _ => (ReadOnlyMemory<byte>?)null,      // a bare null would be an empty memory
        };
        _takenOver = false;
        if (request is { } asked)
        {
            _responses.Sent(asked);
            events.Add(asked);
        }
        else
        {
            ListenWhenQuiet();
        }
        return events;
    }

    private void AllowInterruption()
    {
        if (!_greetingHeldOut)
            return;
        _greetingHeldOut = false;
        _controls.Send(SessionUpdateWriter.AllowInterruption(_profile));
        _interruptible = true;
    }

    private void OnSilence(SilenceStep step)
    {
        _journal.Event(CallId, "silence", step == SilenceStep.End ? "caller let go" : "caller asked");
        var (text, instructions) = step switch
        {
            SilenceStep.Ask => (_profile.Silence.AskText, Prompts.AskSilent),
            SilenceStep.AskAgain => (_profile.Silence.AskAgainText, Prompts.AskSilentAgain),
            _ => (_profile.Silence.GoodbyeText, Prompts.LeaveSilent),
        };
        if (step == SilenceStep.End)
            _farewell.Begin(CallEndReason.Silent);
        _responses.Request(text is not null ? ClientEvents.Say(text) : Prompts.Instructed(instructions));
    }

    private void OnKeys(string text)
    {
        _recorder.Keys(text);
        _controls.Send(ClientEvents.Message("user", text));
        _responses.ItemSent();
        _responses.Want();
    }

    /// <summary>The caller speaks: no goodbye, and no question whether they are there.</summary>
    private void Stay()
    {
        _farewell.Cancel();
        _responses.ForgetRequests();
    }

    private void End(CallEnd end)
    {
        if (!_isOver)
            _controls.End(end);
    }

    /// <summary>When nobody speaks and nothing is worked on: waits until the caller has heard everything, and begins to count silence.</summary>
    private void ListenWhenQuiet()
    {
        if (_responses.IsBusy || _responses.CallerSpeaks || _toolCalls.Running > 0 || _isOver)
            return;
        _ = WhenHeardAsync(_activity, () =>
        {
            _recorder.Heard();
            if (_farewell.IsBegun)
                _farewell.Heard();
            else if (!_transferring)
                _silence.Listen();
        });
    }

    private async Task WhenHeardAsync(int? activity, Action heard)
    {
        try
        {
            using var deadline = new CancellationTokenSource(HearingTime, _time);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _ended.Token);
            await _controls.WhenHeardAsync(linked.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Over, or so long that it counts as heard.
        }
        lock (_gate)
        {
            if (!_isOver && (activity is null || activity == _activity))
                heard();
        }
    }
}
