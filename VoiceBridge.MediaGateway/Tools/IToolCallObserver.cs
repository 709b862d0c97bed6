namespace VoiceBridge.MediaGateway.Tools;

/// <summary>A function call of the model.</summary>
internal readonly record struct ToolCall(string ResponseId, string CallId, string Name);

/// <summary>Hears of the tools of a call, under the call's lock.</summary>
internal interface IToolCallObserver
{
    void OnToolStarted(string name);

    /// <summary>A tool is done; <paramref name="orphaned"/> when the session that asked is gone.</summary>
    void OnToolFinished(ToolCall call, ToolOutcome outcome, bool orphaned);

    /// <summary>All calls of a response are answered, and the response is over.</summary>
    void OnToolsAnswered(bool wantsAnswer);

    /// <summary>No tool runs any more.</summary>
    void OnToolsIdle();
}
