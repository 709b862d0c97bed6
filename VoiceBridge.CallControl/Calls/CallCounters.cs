using System.Collections.Concurrent;

namespace VoiceBridge.CallControl.Calls;

/// <summary>Collects what the dashboard's charts count and writes it once a second: one round trip, whatever the rush.</summary>
internal sealed class CallCounters(Cluster.Series.Series series, ClusterWatch watch, TimeProvider time) : BackgroundService
{
    private readonly ConcurrentDictionary<string, long> _pending = new(StringComparer.Ordinal);

    /// <summary>Counts a latency into the buckets of <paramref name="series"/>.</summary>
    public void AddLatency(string series, TimeSpan latency) => Add(Cluster.Series.LatencyBuckets.Counter(series, latency.TotalMilliseconds));

    public void Add(string counter) => _pending.AddOrUpdate(counter, 1, (_, count) => count + 1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WriteAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is pending is written by StopAsync.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counters = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var name in _pending.Keys)
        {
            if (_pending.TryRemove(name, out var count)) counters[name] = count;
        }

        if (watch is { Reachable: true, Last.Load: var load })
        {
            if (load.Active > 0) counters["active_max"] = load.Active;
            if (load.Waiting > 0) counters["waiting_max"] = load.Waiting;
            if (load.Capacity > 0) counters["capacity_max"] = load.Capacity;
        }

        if (counters.Count > 0) await RedisAway.TryAsync(() => series.AddAsync(counters, cancellationToken));
    }
}
