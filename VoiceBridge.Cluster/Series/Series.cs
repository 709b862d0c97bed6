namespace VoiceBridge.Cluster.Series;

/// <summary>Counters per minute over the whole cluster, kept for 25 h: what the dashboard's charts are made of.</summary>
public sealed class Series
{
    /// <summary>
    /// Adds to the present minute's counters. Those whose name ends in <c>_max</c> keep the highest value instead. Names: offered, answered,
    /// rejected_busy, failed, ended, active_max, waiting_max, tokens_in, tokens_out, ...; latencies as <see cref="LatencyBuckets"/>.
    /// </summary>
    public Task AddAsync(IReadOnlyDictionary<string, long> counters, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The minutes from <paramref name="from"/> to <paramref name="to"/>, both included, also those without any counter.</summary>
    public Task<IReadOnlyList<SeriesMinute>> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => throw new NotImplementedException();
}
