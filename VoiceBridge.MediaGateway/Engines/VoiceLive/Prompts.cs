using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>ResponseScheduler that the model words itself, in the language of the conversation.</summary>
internal static class Prompts
{
    public const string AskSilent = "The caller has said nothing for a while. Ask in one short sentence whether they are still there.";
    public const string AskSilentAgain = "The caller still says nothing. Say in one short sentence that you cannot hear them, and ask again.";
    public const string LeaveSilent = "The caller still says nothing. Say that you will end the call now, and goodbye, in one short sentence.";
    public const string LetGo = "This line is closed for maintenance now. Apologise, ask the caller to call again in a few minutes, and say goodbye, in two short sentences.";

    /// <summary><c>additional_instructions</c> stand beside the session's; <c>response.instructions</c> would replace them.</summary>
    public static ReadOnlyMemory<byte> Instructed(string instructions) =>
        ClientEvents.Write("response.create", json => json.WriteString("additional_instructions", instructions));
}
