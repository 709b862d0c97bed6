using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Tools;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Tools: the call's own ones, and what follows from what tools answer.</summary>
internal sealed partial class CallAgent
{
    void IToolCallObserver.OnToolStarted(string name)
    {
        _activity++;
        _silence.Stop();
    }

    void IToolCallObserver.OnToolFinished(ToolCall call, ToolOutcome outcome, bool orphaned)
    {
        _activity++;
        // Nobody is told the names that a model makes up: they are as good as what was said.
        var name = _tools.Find(call.Name) is null ? "(unknown)" : call.Name;
        if (_isOver)
        {
            if (outcome.Kind != ToolOutcome.Cancelled)
                _recorder.ToolAfterEnd(name, outcome.Kind);
            return;
        }
        _recorder.Tool(name, outcome.Kind, outcome.Output);
        _controls.Send(orphaned
            ? ClientEvents.Message("system", $"The tool {call.Name} answered: {outcome.Output}")
            : ClientEvents.FunctionOutput(call.CallId, outcome.Output));
        _responses.ItemSent();
    }

    void IToolCallObserver.OnToolsAnswered(bool wantsAnswer)
    {
        if (wantsAnswer && !_isOver)
            _responses.Want();
    }

    void IToolCallObserver.OnToolsIdle() => ListenWhenQuiet();

    private List<AgentTool> BuiltIn()
    {
        var tools = new List<AgentTool>();
        if (_profile.MayEndCall)
            tools.Add(new AgentTool(new EndCallTool(Leave), ToolLimits.Default, ChecksItself: true));
        if (_profile.TransferNumbers.Count > 0)
        {
            var transfer = new TransferCallTool(_profile.TransferNumbers, _controls, OnTransferred, _time, _ended.Token);
            tools.Add(new AgentTool(transfer, ToolLimits.Default with { Timeout = TransferCallTool.Timeout }, OutlivesCall: true, ChecksItself: true));
        }
        return tools;
    }

    private void Leave(string? goodbye)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            _farewell.Begin(CallEndReason.AgentEnded);
            if (goodbye is not null)
                _responses.Request(ClientEvents.Say(goodbye));
        }
    }

    private void OnTransferred()
    {
        lock (_gate)
        {
            _journal.Event(CallId, "transfer", "accepted");
            if (_isOver)
                return;
            _transferring = true;
            _silence.Stop();
            _timers.After(TransferTime, OnTransferFailed);
        }
    }

    private void OnTransferFailed()
    {
        _transferring = false;
        _journal.Event(CallId, "transfer", "failed");
        _controls.Send(ClientEvents.Message("system", "The transfer did not succeed: the caller is still with you."));
        _responses.ItemSent();
        _responses.Want();
    }
}
