namespace VoiceBridge.Cluster.Events;

/// <summary>Counts entries of the <see cref="ClusterLog"/> that come with each call, until somebody writes them: one command for each, whatever the rush. Thread-safe.</summary>
public sealed class ClusterLogTally
{
    // Beyond this many at once nobody reads them.
    private const int MaxEntries = 100;

    private readonly Lock _gate = new();
    private Dictionary<(string Kind, string Subject), (long Count, string Detail)> _counts = [];

    /// <summary>Counts one more. The first detail stays.</summary>
    public void Add(string kind, string subject, string detail = "", long count = 1)
    {
        lock (_gate)
        {
            if (_counts.TryGetValue((kind, subject), out var known)) _counts[(kind, subject)] = known with { Count = known.Count + count };
            else if (_counts.Count < MaxEntries) _counts[(kind, subject)] = (count, detail);
        }
    }

    /// <summary>Writes what was counted since the last time; what Redis does not take is counted on. Throws what Redis throws.</summary>
    public async Task WriteAsync(ClusterLog log, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(log);
        Dictionary<(string Kind, string Subject), (long Count, string Detail)> taken;
        lock (_gate)
        {
            if (_counts.Count == 0) return;
            (taken, _counts) = (_counts, []);
        }

        var written = new HashSet<(string, string)>();
        try
        {
            foreach (var ((kind, subject), (count, detail)) in taken)
            {
                await log.AddAsync(kind, ct, subject, detail: detail, count: count);
                written.Add((kind, subject));
            }
        }
        finally
        {
            foreach (var (key, (count, detail)) in taken.Where(entry => !written.Contains(entry.Key))) Add(key.Kind, key.Subject, detail, count);
        }
    }
}
