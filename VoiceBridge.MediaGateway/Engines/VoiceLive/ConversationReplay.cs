using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Transcripts;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Tells a new Voice Live session what was said in the one before: sessions cannot be resumed, and an assistant's audio cannot be
/// put into a conversation, so it is told as text. Bounded, because all of it is paid for again with every answer.</summary>
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
        var items = new List<ReadOnlyMemory<byte>>(kept.Count + 1) { ClientEvents.Message("system", Preface) };
        foreach (var turn in kept)
            items.Add(ClientEvents.Message(RoleOf(turn), TextOf(turn)));
        return items;
    }

    /// <summary>The first thing the system said, and as many of the last turns as there is room for.</summary>
    public static IReadOnlyList<Turn> Bound(IReadOnlyList<Turn> turns)
    {
        var first = turns.FirstOrDefault(turn => turn.Speaker == Speakers.System);
        var room = MaxCharacters - (first?.Text.Length ?? 0);
        var kept = new LinkedList<Turn>();
        for (var i = turns.Count - 1; i >= 0 && kept.Count < MaxTurns; i--)
        {
            if (turns[i].Text.Length == 0 || ReferenceEquals(turns[i], first))
                continue;
            room -= TextOf(turns[i]).Length;
            if (room < 0)
                break;
            kept.AddFirst(turns[i]);
        }
        if (first is not null)
            kept.AddFirst(first);
        return [.. kept];
    }

    private static string RoleOf(Turn turn) => turn.Speaker switch
    {
        Speakers.Caller => "user",
        Speakers.Agent => "assistant",
        _ => "system",
    };

    private static string TextOf(Turn turn) => turn.Speaker == Speakers.Tool
        ? $"The tool {turn.ToolName} answered: {(turn.Text.Length <= MaxToolCharacters ? turn.Text : turn.Text[..MaxToolCharacters])}"
        : turn.Text;
}
