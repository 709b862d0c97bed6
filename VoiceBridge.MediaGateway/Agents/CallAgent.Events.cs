using System.Text.Json;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Transcripts;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What the service says, what tools answer, and what follows from it.</summary>
internal sealed partial class CallAgent
{
    public void OnServerEvent(VoiceLiveEvent serverEvent)
    {
        if (_isOver)
            return;
        switch (serverEvent)
        {
            case SessionCreated { Session: var session }:
                _model = session.Model ?? _model;
                break;
            case SpeechStarted started:
                OnSpeechStarted(started);
                break;
            case SpeechStopped:
                _responses.OnSpeechStopped();
                _hangUp.OnSpeechStopped();
                break;
            case InputCommitted committed:
                OnTurn(committed.ItemId, committed.PreviousItemId);
                break;
            case ItemCreated created:
                OnItemCreated(created.Item, created.PreviousItemId);
                break;
            case InputTranscribed transcribed:
                OnTranscribed(transcribed);
                break;
            case ErrorEvent { Error: var error }:
                // The log has it from the call.
                if (!_responses.OnError(error))
                    Journal.Event(CallId, "error", $"{error.Name} {error.Param}".TrimEnd());
                break;
            case WarningEvent { Warning: var warning }:
                AgentLog.Warned(_parts.Logger, warning.Code, warning.Param);
                break;
            default:
                OnResponseEvent(serverEvent);
                break;
        }
    }

    public void OnResponseAudio(string responseId)
    {
        _wasCut = false;
        _served.OnSpoken();
        _responses.OnSound(responseId);
    }

    void IResponseHost.Send(ReadOnlyMemory<byte> clientEvent) => _controls.Send(clientEvent);

    void IResponseHost.Mute(string responseId) => _controls.Mute(responseId);

    void IResponseHost.OnResponseFailed(string status, string why)
    {
        AgentLog.ResponseFailed(_parts.Logger, status, why);
        VoiceBridgeTelemetry.Responses.Add(1, new KeyValuePair<string, object?>("status", status));
        Journal.Event(CallId, "error", $"response {status}: {why}");
    }

    void IResponseHost.OnGivenUp(string why)
    {
        if (_givenUp || _isOver)
            return;
        AgentLog.GivenUp(_parts.Logger, why);
        Journal.Event(CallId, "error", $"the agent does not answer: {why}");
        // The caller must hear it, and hears no agent any more.
        _givenUp = true;
        Interruptible = false;
        _responses.Stop();
        _controls.Play(RecordingKind.Apology);
        _hangUp.Begin(new CallEnd(CallEndReason.AgentLost, $"the agent does not answer: {why}"));
    }

    void IResponseHost.OnNoise()
    {
        _silence.OnNoise();
        if (_wasCut && !_hangUp.IsBegun)
            _responses.Say(Prompt.Instruct(Prompts.GoOn));
        _wasCut = false;
    }

    void IToolCallObserver.OnToolStarted(ToolCall call) => _recorder.ToolStarted(Known(call));

    void IToolCallObserver.OnToolFinished(ToolCall call, ToolOutcome outcome, bool orphaned)
    {
        if (_isOver)
        {
            if (outcome.Kind != ToolOutcome.Cancelled)
                _recorder.ToolAfterEnd(Known(call).Name, outcome.Kind);
            return;
        }
        _recorder.Tool(Known(call), outcome.Kind, outcome.Output);
        if (orphaned)
        {
            foreach (var item in ConversationReplay.ToolResult(call.CallId, call.Name, call.Arguments, outcome.Output))
                SendItem(item);
        }
        else
        {
            SendItem(ClientEvents.FunctionOutput(call.CallId, outcome.Output));
        }
    }

    /// <summary>Names that a model makes up go no further: they are as private as what was said.</summary>
    private ToolCall Known(ToolCall call) => _tools.Find(call.Name) is null ? call with { Name = "(unknown)" } : call;

    void IToolCallObserver.OnToolsAnswered(bool wantsAnswer)
    {
        if (!wantsAnswer || _isOver)
            return;
        // Who waits for a result is not asked first whether they are there.
        if (Interruptible && !_hangUp.IsBegun)
            _responses.ForgetPrompts();
        _responses.Answer();
    }

    private void OnResponseEvent(VoiceLiveEvent serverEvent)
    {
        switch (serverEvent)
        {
            case ResponseCreated { Response: var response }:
                _responses.OnCreated(response);
                break;
            case OutputItemAdded { Item: { Type: "function_call" } call } added:
                _responses.OnCall(added.ResponseId);
                _toolCalls.OnItemAdded(call);
                break;
            case OutputItemAdded { Item: { Type: "message" } message }:
                _recorder.AgentSpeaks(message.Id, "");
                break;
            case AudioTranscriptDelta spoken:
                _responses.OnSound(spoken.ResponseId);
                _recorder.AgentSpeaks(spoken.ItemId, spoken.Delta);
                break;
            case AudioTranscriptDone done:
                _responses.OnSound(done.ResponseId);
                _recorder.AgentSpoke(done.ItemId, done.Transcript);
                break;
            case TextDone text:
                _responses.OnText(text.ResponseId, text.Text);
                break;
            case ServedCall { IsOver: false } call:
                _served.OnStarted(call.ItemId);
                break;
            case ServedCall call:
                _served.OnEnded(call.ItemId);
                break;
            case OutputItemDone { Item: { Type: "mcp_approval_request" } request }:
                OnApprovalRequest(request);
                break;
            case OutputItemAdded { Item.Type: "mcp_call" or "mcp_approval_request" } added:
                _responses.OnCall(added.ResponseId);
                break;
            case OutputItemDone { Item: { Type: "mcp_call", Output: { } output } call } done:
                _served.OnEnded(call.Id);
                _recorder.Tool(new ToolCall(done.ResponseId, call.Id, call.Name ?? "", call.Arguments ?? "{}"), ToolOutcome.Ok, output);
                break;
            case FunctionArgumentsDone arguments:
                _toolCalls.OnArguments(arguments);
                break;
            case OutputItemDone { Item: { Type: "function_call" } call } done:
                _responses.OnCall(done.ResponseId);
                _toolCalls.OnItemDone(done.ResponseId, call);
                break;
            case OutputItemDone { Item: { Type: "message" } message }:
                _recorder.AgentSpoke(message.Id, message is { Status: "completed", Content: [var part, ..] } ? part.Transcript : null);
                break;
            case ResponseDone { Response: var response }:
                if (_costs.Count(response.Usage, _model) is { } change)
                    Journal.Change(CallId, change);
                // First the tools: what they want is asked for as soon as the response counts as done.
                _toolCalls.OnResponseDone(response);
                _responses.OnDone(response);
                break;
        }
    }

    /// <summary>Nobody is there to approve: the profile says what needs no approval.</summary>
    private void OnApprovalRequest(ItemInfo request)
    {
        AgentLog.NotApproved(_parts.Logger, request.Name ?? "", _profile.Name);
        Journal.Event(CallId, "error", $"the service asks for approval of the tool {request.Name}, which nobody can give");
        _controls.Send(ClientEvents.ApprovalResponse(request.Id, approve: false));
        _served.OnStarted(request.Id);
        _served.OnEnded(request.Id);
    }

    private void OnSpeechStarted(SpeechStarted started)
    {
        _served.OnSpoken();
        _recorder.SpeechBegan(started.ItemId);
        _responses.OnSpeechStarted();
        _silence.Stop();
        // Where the caller can interrupt, the service has just cancelled what was being said; so is what was still to be said.
        if (!Interruptible)
            return;
        _hangUp.OnSpeechStarted();
        _responses.ForgetPrompts();
    }

    private void OnTurn(string itemId, string? previousItemId)
    {
        if (Interruptible)
            _responses.OvertakePrompts();
        _responses.OnCommitted();
        _hangUp.OnTurn();
        _hangUp.OnSpeechStopped();
        if (!_profile.Transcribes)
            _silence.OnCallerActive();
        _recorder.CallerSpoke(itemId, previousItemId);
    }

    private void OnTranscribed(InputTranscribed transcribed)
    {
        if (transcribed.Transcript is not { } text)
        {
            AgentLog.NotTranscribed(_parts.Logger, transcribed.Failure);
            _silence.OnCallerActive();
        }
        else
        {
            _responses.OnTranscript(text);
            _hangUp.OnTranscript(text);
            if (string.IsNullOrWhiteSpace(text))
                _silence.OnNoise();
            else
                _silence.OnCallerActive();
        }
        _recorder.CallerText(transcribed.ItemId, transcribed.Transcript);
    }

    private void OnKeys(string text)
    {
        if (_isOver)
            return;
        _recorder.Keys(text);
        SendItem(ClientEvents.Message("user", text));
        _responses.Answer();
    }

    private void SendItem(ReadOnlyMemory<byte> item)
    {
        _controls.Send(item);
        _responses.ItemSent();
    }

    private void OnItemCreated(ItemInfo item, string? previousItemId)
    {
        if (item is { Type: "message", Role: "user" } && item.Content.Any(part => part.Type == "input_audio"))
        {
            _recorder.CallerSpoke(item.Id, previousItemId);
            return;
        }
        if (item.Type == "function_call_output" || item is { Type: "message", Role: "user" or "system" })
            _responses.ItemSeen();
        _recorder.Place(item.Id, previousItemId);
    }

    private static OfferedTool Offered(AIFunction tool) => new(tool.Name, tool.JsonSchema.GetRawText());

    private static OfferedTool Offered(JsonElement served) => new(ServedTools.NameOf(served), served.GetRawText());

    private List<AgentTool> BuiltIn()
    {
        var tools = new List<AgentTool>();
        if (_profile.MayEndCall)
            tools.Add(new AgentTool(new EndCallTool(goodbye => _controls.Post("end_call", () => OnEndCall(goodbye))), ToolLimits.Default, ChecksItself: true));
        if (_profile.TransferNumbers.Count > 0 && (_profile.TransfersFromWeb || !_controls.Facts.HasScreen))
        {
            tools.Add(new AgentTool(
                new TransferCallTool(_profile.TransferNumbers, _transfer.AskAsync), ToolLimits.Default with { Timeout = TransferCallTool.Timeout },
                OutlivesCall: true, ChecksItself: true));
        }
        return tools;
    }

    private void OnEndCall(string? goodbye)
    {
        if (_isOver)
            return;
        _hangUp.Begin(new CallEnd(CallEndReason.AgentEnded));
        if (goodbye is not null)
            _responses.Say(Prompt.Say(goodbye));
    }
}
