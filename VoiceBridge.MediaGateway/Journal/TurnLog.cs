using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>What a call's working turns are, and what the cluster has of them.</summary>
internal sealed class TurnLog(string callId, Func<IReadOnlyList<Turn>> current, IReadOnlyList<Turn>? written)
{
    private volatile bool _invalid;

    public string CallId => callId;

    /// <summary>The turns as they are now; may be called from any thread.</summary>
    public IReadOnlyList<Turn> Current => current();

    /// <summary>What was written last; null when that is not known, and all must be written anew. The writer's own.</summary>
    public IReadOnlyList<Turn>? Written { private get; set; } = written;

    /// <summary>What was written may be gone.</summary>
    public void Invalidate() => _invalid = true;

    /// <summary>What is known to be written, for a writer who is about to write; forgotten until it has <see cref="Written"/> again.</summary>
    public IReadOnlyList<Turn>? Take()
    {
        var known = _invalid ? null : Written;
        (_invalid, Written) = (false, null);
        return known;
    }
}
