using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>What one call took down and Redis does not have yet, put together so that it goes in few commands.</summary>
internal sealed class PendingWrites(string callId)
{
    private const int MostEvents = 500;
    private const int MostTurns = 2_000;

    public string CallId => callId;

    /// <summary>All changes of the record as one; null for none.</summary>
    public CallChange? Change { get; set; }

    /// <summary>Lines of the timeline.</summary>
    public List<CallEvent> Events { get; } = [];

    /// <summary>Redacted turns to be kept.</summary>
    public List<Turn> Kept { get; } = [];

    /// <summary>Logs whose turns have changed: of one handler, or of two while one takes over from the other.</summary>
    public List<TurnLog> Changed { get; } = [];

    /// <summary>The call is over: its working turns may go, once they are written.</summary>
    public bool IsOver { get; set; }

    public bool IsEmpty => Change is null && Events.Count == 0 && Kept.Count == 0 && Changed.Count == 0 && !IsOver;

    /// <summary>Adds what a later page of the call holds. What does not fit is left out, the oldest first: as many as it returns.</summary>
    public int Add(PendingWrites later)
    {
        if (later.Change is { } change)
            Change = Change?.Then(change) ?? change;
        Events.AddRange(later.Events);
        Kept.AddRange(later.Kept);
        Changed.AddRange(later.Changed.Where(log => !Changed.Contains(log)));
        IsOver |= later.IsOver;
        return Shorten(Events, MostEvents) + Shorten(Kept, MostTurns);
    }

    private static int Shorten<T>(List<T> list, int most)
    {
        var tooMany = Math.Max(0, list.Count - most);
        list.RemoveRange(0, tooMany);
        return tooMany;
    }
}
