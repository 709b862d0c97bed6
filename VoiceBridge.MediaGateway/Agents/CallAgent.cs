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

/// <summary>The agent of one call: says the greeting, runs tools, keeps the conversation, notices silence, ends or transfers the call. Its clock is the call's
/// loop; after each signal <see cref="OnSettled"/> looks whether it is the caller's turn.</summary>
internal sealed partial class CallAgent : ICallAgent, IToolCallObserver, IResponseHost
{
    private static readonly TimeSpan GreetingTime = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan ToolEndTime = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _ended = new();
    private readonly ICallControls _controls;
    private readonly ICallTimers _timers;
    private readonly AgentProfile _profile;
    private readonly AgentParts _parts;
    private readonly ToolRegistry _tools;
    private readonly CallRecorder _recorder;
    private readonly ResponseScheduler _responses;
    private readonly SilenceLadder _silence;
    private readonly GracefulHangUp _hangUp;
    private readonly DtmfCollector _keys;
    private readonly AgentTransfer _transfer;
    private readonly WorkingSound _working;
    private readonly ServedCalls _served;
    private readonly FunctionCalls _toolCalls;
    private readonly CostMeter _costs;
    private readonly HeardTimer _heardTimer;
    private IReadOnlyList<OfferedTool> _offered = [];
    private bool _greetingHeldOut;
    private bool _takenOver;
    private bool _isOver;
    private bool _isHeard;
    private bool _wasCut;
    private bool _givenUp;
    private string? _model;

    public CallAgent(ICallControls controls, AgentProfile profile, IReadOnlyList<Turn> turns, AgentParts parts)
    {
        (_controls, _timers, _profile, _parts) = (controls, controls.Timers, profile, parts);
        _heardTimer = new HeardTimer(_timers);
        _transfer = new AgentTransfer(controls, parts.Journal);
        _tools = parts.OpenTools(BuiltIn());
        var facts = controls.Facts;
        _recorder = new CallRecorder(facts.CallId, parts.Journal, _timers, facts.HasScreen ? controls.SendToCaller : null, turns);
        _responses = new ResponseScheduler(_timers, profile.CreateResponse, parts.Times, this);
        _served = new ServedCalls(_timers, () => _responses.IsResponding, _responses.Answer);
        _silence = new SilenceLadder(_timers, profile.Silence, OnSilence);
        _hangUp = new GracefulHangUp(_timers, profile.EndCallInterruptible, () => SendItem(ClientEvents.Message("system", Prompts.CallGoesOn)), End);
        _keys = new DtmfCollector(_timers, profile.DtmfGap, OnKeys);
        _working = new WorkingSound(_timers, profile.Working, controls.Play);
        var parent = Activity.Current?.Context ?? default;
        _toolCalls = new FunctionCalls(call => parts.Runner.RunAsync(_tools, call, $"{facts.CallId}/{call.CallId}", parent, _ended.Token), controls.Post, this);
        _costs = new CostMeter(parts.Prices);
        _takenOver = turns.Count > 0;
    }

    public bool Interruptible { get; private set; }

    public bool IsQuiet => !_responses.IsBusy && !_responses.CallerSpeaks && _controls.Remaining <= TimeSpan.Zero;

    public TimeSpan SinceAudio => _controls.SinceAudio;

    private string CallId => _controls.Facts.CallId;

    private ICallJournal Journal => _parts.Journal;

    public ReadOnlyMemory<byte> SessionUpdate(SessionTarget target, bool resumed)
    {
        // A session may be prepared while another one is in use: what it changes for the call comes with its opening.
        _model ??= target.Model;
        var tools = _tools.Functions.Where(tool => !_parts.Refused.Contains(_profile.Name, Offered(tool))).ToList();
        var served = ServedTools.Of(_profile.Session).Where(tool => !_parts.Refused.Contains(_profile.Name, Offered(tool))).ToList();
        _offered = [.. tools.Select(Offered), .. served.Select(Offered)];
        return Engines.VoiceLive.SessionUpdate.Update(_profile, target, tools, served, !IsGreetingHeldOut(resumed), _controls.Facts);
    }

    public void LeaveOutTool(int index)
    {
        if (index >= _offered.Count)
            return;
        AgentLog.ToolRefused(_parts.Logger, index, _offered[index].Name, _profile.Name);
        Journal.Event(CallId, "error", $"the service refuses tool {index}, {_offered[index].Name}");
        _parts.Refused.Add(_profile.Name, _offered[index]);
    }

    public IReadOnlyList<ReadOnlyMemory<byte>> Opening(bool resumed)
    {
        _greetingHeldOut = IsGreetingHeldOut(resumed);
        Interruptible = _profile.InterruptResponse && !_greetingHeldOut && !_givenUp;
        return IsContinued(resumed) ? Continue() : Greet();
    }

    public void OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel)
    {
        if (_isOver)
            return;
        _wasCut = true;
        foreach (var item in cut)
            _recorder.Cut(item.ItemId, item.HeardMs, item.SentMs);
        _hangUp.OnSpeechStarted();
        if (!cancel)
            return;
        // Nobody has spoken: a caller who silences the goodbye gets as long to say why as a transcription would take.
        _hangUp.OnSpeechStopped();
        _responses.CancelActive();
    }

    public void OnDtmf(string tone)
    {
        if (_isOver)
            return;
        _silence.OnCallerActive();
        _hangUp.OnKey();
        _keys.Add(tone);
    }

    public void OnTransferFailed(string why)
    {
        if (_isOver)
            return;
        _transfer.OnFailed(why);
        SendItem(ClientEvents.Message("system", Prompts.TransferFailed));
        _responses.Answer();
    }

    public void SayGoodbyeAndEnd(CallEndReason reason)
    {
        if (_isOver || _givenUp)
            return;
        _hangUp.Begin(new CallEnd(reason));
        _responses.ForgetPrompts();
        _responses.Say(Prompt.Instruct(reason == CallEndReason.TooLong ? Prompts.GoodbyeTooLong : Prompts.GoodbyeClosing));
    }

    /// <summary>When nobody speaks and nothing is worked on, and the caller has heard everything, it is the caller's turn: the call ends if it is to end, and
    /// else the silence counts.</summary>
    public void OnSettled()
    {
        if (_isOver)
            return;
        var left = _controls.Remaining;
        _heardTimer.Set(left);
        _working.Update(Waits, left);
        if (left <= TimeSpan.Zero && !_responses.CallerSpeaks)
            _transfer.OnHeard();
        if (IsBusy || left > TimeSpan.Zero)
        {
            _isHeard = false;
            _silence.Stop();
            _hangUp.OnUnheard();
            return;
        }
        if (!_isHeard)
        {
            _isHeard = true;
            _recorder.Heard();
            AllowInterruption();
        }
        if (_hangUp.IsBegun)
            _hangUp.OnHeard();
        else if (!_transfer.IsRinging)
            _silence.Listen();
    }

    public void OnEnded(CallEnd end)
    {
        if (_isOver)
            return;
        _isOver = true;
        _silence.Stop();
        _responses.Stop();
        _working.Update(waits: false, TimeSpan.Zero);
        // Where the call itself may go on with another handler, its turns are still needed.
        _recorder.End(over: end.Reason is not (CallEndReason.MediaLost or CallEndReason.Superseded or CallEndReason.Drained));
        _ended.Cancel();
        _transfer.OnEnded();
    }

    public async ValueTask DisposeAsync()
    {
        OnEnded(new CallEnd(CallEndReason.MediaLost));
        await _toolCalls.WhenAllAsync().WaitAsync(ToolEndTime, _parts.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _tools.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    /// <summary>Somebody speaks or works, or is about to.</summary>
    private bool IsBusy => !_givenUp && (_hangUp.IsCertain
        ? _responses.IsResponding
        : _responses.IsBusy || _responses.CallerSpeaks || IsWorking || _hangUp.IsUndecided);

    private bool IsWorking => _toolCalls.Running > 0 || _served.AreRunning;

    /// <summary>The caller waits for a tool or for a transfer that rings, and nobody is about to speak.</summary>
    private bool Waits => !_givenUp && !_hangUp.IsBegun && !_responses.CallerSpeaks && !_responses.IsResponding
        && (IsWorking || _transfer.IsRinging);

    private bool IsContinued(bool resumed) => resumed && _recorder.Turns.Count > 0;

    private bool IsGreetingHeldOut(bool resumed) =>
        !IsContinued(resumed) && _profile.InterruptResponse && (_parts.Announcement is not null || _profile.Greeting is { Interruptible: false });

    private List<ReadOnlyMemory<byte>> Greet()
    {
        Reset();
        var announcement = _parts.Announcement is { } told ? Prompt.Say(told) : null;
        var greeting = _profile.Greeting is not { } its ? null : its.Text is { } text ? Prompt.Say(text) : Prompt.Instruct(its.Instructions ?? "");
        if ((announcement ?? greeting) is not { } first)
            return [];
        if (_greetingHeldOut)
            _timers.After(GreetingTime, AllowInterruption);
        var opening = _responses.Open(first);
        if (announcement is not null && greeting is not null)
            _responses.Say(greeting);
        return [opening];
    }

    /// <summary>A new session for a call in progress: the conversation so far, and an answer where the caller waits for one. A caller in the middle of a
    /// sentence waits for none: the session hears the sentence from its beginning.</summary>
    private List<ReadOnlyMemory<byte>> Continue()
    {
        var waiting = (_recorder.Turns[^1].Speaker is Speakers.Caller or Speakers.Tool || _responses.IsBusy) && _toolCalls.Running == 0;
        var unheard = _recorder.AwaitsTranscription;
        var speaks = _responses.CallerSpeaks;
        var brokenOff = _recorder.BreakOff();
        var takenOver = _takenOver;
        Reset();
        _takenOver = false;
        var events = ConversationReplay.Items(_recorder.Turns);
        if (speaks || _hangUp.IsBegun)
            return events;
        var prompt = unheard ? Prompt.Instruct(Prompts.SayAgain)
            : brokenOff ? Prompt.Instruct(Prompts.BrokenOff)
            : takenOver ? Prompt.Instruct(Prompts.Apologise)
            : waiting ? Prompt.Answer
            : null;
        if (prompt is not null)
            events.Add(_responses.Open(prompt));
        return events;
    }

    /// <summary>The session before is gone; tools of ours run on.</summary>
    private void Reset()
    {
        _responses.Reset();
        _toolCalls.Reset();
        _served.Reset();
    }

    private void AllowInterruption()
    {
        if (!_greetingHeldOut || _isOver)
            return;
        _greetingHeldOut = false;
        _controls.Send(Engines.VoiceLive.SessionUpdate.AllowInterruption(_profile));
        Interruptible = !_givenUp;
    }

    private void OnSilence(SilenceStep step)
    {
        Journal.Event(CallId, "silence", step == SilenceStep.End ? "caller let go" : "caller asked");
        var (text, instructions) = step switch
        {
            SilenceStep.Ask => (_profile.Silence.AskText, Prompts.AskSilent),
            SilenceStep.AskAgain => (_profile.Silence.AskAgainText, Prompts.AskSilentAgain),
            _ => (_profile.Silence.GoodbyeText, Prompts.GoodbyeSilent),
        };
        if (step == SilenceStep.End)
            _hangUp.Begin(new CallEnd(CallEndReason.Silent));
        _responses.Say(text is not null ? Prompt.Say(text) : Prompt.Instruct(instructions));
    }

    private void End(CallEnd end)
    {
        if (!_isOver)
            _controls.End(end);
    }
}
