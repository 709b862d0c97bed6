using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Agents.Journal;

/// <summary>What a call's working turns are, and what the cluster has of them.</summary>
internal sealed class TurnLog(string callId, Func<IReadOnlyList<Turn>> current, IReadOnlyList<Turn>? written)
{
    private int _queued;
    private volatile bool _doubtful;

    public string CallId => callId;

    /// <summary>The turns as they are now; may be called from any thread.</summary>
    public IReadOnlyList<Turn> Current => current();

    /// <summary>What was written last; null when that is not known, and all must be written anew. The writer's own.</summary>
    public IReadOnlyList<Turn>? Written { get; set; } = written;

    /// <summary>True once until <see cref="Take"/>: however often the turns change, they wait in the queue once.</summary>
    public bool TryQueue() => Interlocked.Exchange(ref _queued, 1) == 0;

    public void Take()
    {
        Volatile.Write(ref _queued, 0);
        if (_doubtful)
            (_doubtful, Written) = (false, null);
    }

    /// <summary>What was written may be gone.</summary>
    public void Doubt() => _doubtful = true;
}
