using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Tells a new Voice Live session what was said in the one before: sessions cannot be resumed, and an assistant's audio cannot be put into a
/// conversation, so it is told as text; tools' results as what they are, the output of a function call, which no model takes for an instruction. Bounded,
/// because all of it is paid for again with every answer.</summary>
internal static class ConversationReplay
{
    private const int MaxTurns = 60;
    private const int MaxCharacters = 24_000;
    private const int MaxToolCharacters = 1_000;

    private const string Preface =
        "This telephone call is in progress and goes on without a break. What was said so far follows; do not greet the caller again.";

    /// <summary>The events that bring the conversation back; none for none.</summary>
    public static List<ReadOnlyMemory<byte>> Items(IReadOnlyList<Turn> turns)
    {
        var kept = Bound(turns);
        if (kept.Count == 0)
            return [];
        var items = new List<ReadOnlyMemory<byte>>(kept.Count + 2) { ClientEvents.Message("system", Preface) };
        foreach (var turn in kept)
        {
            if (turn.Speaker == Speakers.Tool)
                items.AddRange(ToolResult($"replayed_{items.Count}", turn.ToolName ?? "", turn.ToolArguments ?? "{}", TextOf(turn)));
            else
                items.Add(ClientEvents.Message(turn.Speaker == Speakers.Caller ? "user" : "assistant", turn.Text));
        }
        return items;
    }

    /// <summary>A call and its result, for a session that did not make the call.</summary>
    public static ReadOnlyMemory<byte>[] ToolResult(string callId, string name, string arguments, string output) =>
        [ClientEvents.FunctionCall(callId, ToolNames.MakeValid(name), arguments), ClientEvents.FunctionOutput(callId, output)];

    /// <summary>As many of the last turns as there is room for.</summary>
    public static IReadOnlyList<Turn> Bound(IReadOnlyList<Turn> turns)
    {
        var room = MaxCharacters;
        var kept = new LinkedList<Turn>();
        for (var i = turns.Count - 1; i >= 0 && kept.Count < MaxTurns; i--)
        {
            // A tool that still runs has none: its result comes to the new session when there is one.
            if (turns[i].Text.Length == 0)
                continue;
            room -= TextOf(turns[i]).Length + (turns[i].ToolArguments?.Length ?? 0);
            if (room < 0)
                break;
            kept.AddFirst(turns[i]);
        }
        return [.. kept];
    }

    private static string TextOf(Turn turn) =>
        turn.Speaker == Speakers.Tool && turn.Text.Length > MaxToolCharacters ? turn.Text[..MaxToolCharacters] : turn.Text;
}
