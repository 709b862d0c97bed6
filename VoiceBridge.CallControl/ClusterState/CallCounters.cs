using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Series;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>Collects what the dashboard's charts count and writes it once a second.</summary>
internal sealed class CallCounters(Series series, ClusterLog log, ClusterWatch watch, TimeProvider time) : BackgroundService
{
    private readonly SeriesTally _tally = new();
    private readonly ClusterLogTally _happened = new();
    private (ClusterLoad? Load, long Minute) _written;

    /// <inheritdoc cref="SeriesTally.AddLatency"/>
    public void AddLatency(string name, TimeSpan latency, TimeSpan? longest = null) => _tally.AddLatency(name, latency, longest);

    public void Add(string counter) => _tally.Add(counter);

    /// <summary>Counts a call that ended so: what counts as failed and as turned away is said by <see cref="EndReasons"/> alone.</summary>
    public void AddEnd(string reason, bool wasAnswered, decimal cost)
    {
        _tally.Add($"end:{reason}");
        _tally.Add("ended_cost_micros", (long)(cost * 1_000_000));
        if (EndReasons.IsFailure(reason))
        {
            _tally.Add("failed");
            if (wasAnswered) _tally.Add("cut_off");
            _happened.Add(ClusterLogKind.CallsLost, reason);
        }
        else if (EndReasons.IsTurnedAway(reason))
        {
            _happened.Add(ClusterLogKind.CallersRefused, reason);
        }
    }

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
        await RedisFailures.IgnoreAsync(() => _happened.WriteAsync(log, cancellationToken));
        var taken = _tally.Take();
        var counters = new Dictionary<string, long>(taken, StringComparer.Ordinal);
        // What this minute knows already is not written again.
        var load = watch is { Reachable: true, Last: { } last } ? (last.Load, Minute: time.GetUtcNow().Ticks / TimeSpan.TicksPerMinute) : default;
        if (load != _written && load.Load is { } now)
        {
            if (now.Active > 0) counters["active_max"] = now.Active;
            if (now.Waiting > 0) counters["waiting_max"] = now.Waiting;
            if (now.Capacity > 0) counters["capacity_max"] = now.Capacity;
        }

        if (counters.Count == 0) return;
        if (await RedisFailures.IgnoreAsync(() => series.AddAsync(counters, cancellationToken))) _written = load;
        else _tally.Return(taken);
    }
}
