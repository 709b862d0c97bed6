using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>Hears of the tools of a call, on the call's loop.</summary>
internal interface IToolCallObserver
{
    void OnToolStarted(ToolCall call);

    /// <summary>A tool is done; <paramref name="orphaned"/> when the session that asked is gone. After the end of the call also on the tool's own thread.</summary>
    void OnToolFinished(ToolCall call, ToolOutcome outcome, bool orphaned);

    /// <summary>All calls of a response are answered, and the response is over.</summary>
    void OnToolsAnswered(bool wantsAnswer);
}
