using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What the service says, and what follows from it.</summary>
internal sealed partial class CallAgent
{
    public void OnServerEvent(VoiceLiveEvent serverEvent)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            switch (serverEvent)
            {
                case SessionCreated { Session: { } session }:
                    _model = session.Model ?? _model;
                    break;
                case SpeechStarted started:
                    OnSpeechStarted(started);
                    break;
                case SpeechStopped:
                    _responses.OnSpeechStopped();
                    ListenWhenQuiet();
                    break;
                case InputCommitted committed:
                    _recorder.CallerSpoke(committed.ItemId, committed.PreviousItemId);
                    break;
                case ItemCreated { Item: { } item } created:
                    OnItemCreated(item, created.PreviousItemId);
                    break;
                case InputTranscriptionCompleted completed:
                    _recorder.CallerText(completed.ItemId, completed.Transcript);
                    break;
                case InputTranscriptionFailed failed:
                    Log.NotTranscribed(_logger, failed.Error?.Code);
                    _recorder.CallerText(failed.ItemId, null);
                    break;
                case ErrorEvent { Error: { } error }:
                    OnError(error);
                    break;
                case WarningEvent { Warning: { } warning }:
                    Log.Warned(_logger, warning.Code, warning.Param);
                    break;
                default:
                    OnResponseEvent(serverEvent);
                    break;
            }
        }
    }

    private void OnResponseEvent(VoiceLiveEvent serverEvent)
    {
        switch (serverEvent)
        {
            case ResponseCreated { Response: { } response }:
                _activity++;
                _silence.Stop();
                _responses.OnCreated(response.Id);
                break;
            case OutputItemAdded { Item: { Type: "function_call" } call }:
                _toolCalls.OnItemAdded(call);
                break;
            case OutputItemAdded { Item: { Type: "message" } message }:
                _recorder.AgentSpeaks(message.Id, "");
                break;
            case AudioTranscriptDelta { Delta: { } delta } spoken:
                _recorder.AgentSpeaks(spoken.ItemId, delta);
                break;
            case AudioTranscriptDone done:
                _recorder.AgentSpoke(done.ItemId, done.Transcript);
                break;
            case FunctionArgumentsDone arguments:
                _toolCalls.OnArguments(arguments);
                break;
            case OutputItemDone { Item: { Type: "function_call" } call } done:
                _toolCalls.OnItemDone(done.ResponseId, call);
                break;
            case OutputItemDone { Item: { Type: "message" } message }:
                _recorder.AgentSpoke(message.Id, message is { Status: "completed", Content: [var part, ..] } ? part.Transcript : null);
                break;
            case ResponseDone { Response: { } response }:
                OnResponseDone(response);
                break;
        }
    }

    private void OnSpeechStarted(SpeechStarted started)
    {
        _activity++;
        _recorder.SpeechBegan(started.ItemId);
        _responses.OnSpeechStarted();
        _silence.CallerActive();
        // Where the caller can interrupt, the service has just cancelled what was being said: a goodbye, too.
        if (_interruptible)
            Stay();
    }

    private void OnItemCreated(ItemInfo item, string? previousItemId)
    {
        if (item is { Type: "message", Role: "user" } && item.Content?.Any(part => part.Type == "input_audio") == true)
        {
            _recorder.CallerSpoke(item.Id, previousItemId);
            return;
        }
        if (item.Type == "function_call_output" || item is { Type: "message", Role: "user" or "system" })
            _responses.ItemSeen();
        _recorder.Place(item.Id, previousItemId);
    }

    private void OnResponseDone(ResponseInfo response)
    {
        _activity++;
        if (_costs.Count(response.Usage, _model) is { } change)
            _journal.Change(CallId, change);
        if (response.Status == "failed")
        {
            Log.ResponseFailed(_logger, response.StatusDetails?.Error?.Code);
            _journal.Event(CallId, "error", $"response failed: {response.StatusDetails?.Error?.Code ?? "unknown"}");
        }
        // First the tools: what they want is asked for as soon as the response counts as done.
        _toolCalls.OnResponseDone(response);
        _responses.OnDone(response.Id);
        if (_greetingHeldOut)
            _ = WhenHeardAsync(null, AllowInterruption);
        ListenWhenQuiet();
    }

    private void OnError(ErrorInfo error)
    {
        if (_responses.OnError(error))
            return;
        // The log has it from the session's own handler.
        _journal.Event(CallId, "error", $"{error.Code ?? error.Type ?? "unknown"} {error.Param}".TrimEnd());
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Information, "Voice Live warns: {Code} {Param}")]
        public static partial void Warned(ILogger logger, string? code, string? param);

        [LoggerMessage(3, LogLevel.Warning, "A response failed: {Code}")]
        public static partial void ResponseFailed(ILogger logger, string? code);

        [LoggerMessage(4, LogLevel.Information, "What the caller said could not be transcribed: {Code}")]
        public static partial void NotTranscribed(ILogger logger, string? code);
    }
}
