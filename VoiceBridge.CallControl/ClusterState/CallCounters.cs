using VoiceBridge.Cluster.Series;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>Collects what the dashboard's charts count and writes it once a second.</summary>
internal sealed class CallCounters(Series series, ClusterWatch watch, TimeProvider time) : BackgroundService
{
    private readonly SeriesTally _tally = new();

    /// <inheritdoc cref="SeriesTally.AddLatency"/>
    public void AddLatency(string name, TimeSpan latency) => _tally.AddLatency(name, latency);

    public void Add(string counter) => _tally.Add(counter);

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
        var taken = _tally.Take();
        var counters = new Dictionary<string, long>(taken, StringComparer.Ordinal);
        if (watch is { Reachable: true, Last.Load: var load })
        {
            if (load.Active > 0) counters["active_max"] = load.Active;
            if (load.Waiting > 0) counters["waiting_max"] = load.Waiting;
            if (load.Capacity > 0) counters["capacity_max"] = load.Capacity;
        }

        if (counters.Count > 0 && !await RedisFailures.IgnoreAsync(() => series.AddAsync(counters, cancellationToken))) _tally.Return(taken);
    }
}
