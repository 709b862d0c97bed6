using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.ClusterBench;

/// <summary>A gateway without media: its heartbeat, and the connections that it announces.</summary>
internal sealed class BenchGateway(IServiceProvider cluster, string id, int capacity, Samples lateness) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private readonly GatewayRegistry _registry = cluster.GetRequiredService<GatewayRegistry>();
    private readonly CancellationTokenSource _killed = new();

    public string Id => id;

    public IServiceProvider Cluster => cluster;

    public bool Alive => !_killed.IsCancellationRequested;

    /// <summary>By call.</summary>
    public ConcurrentDictionary<string, ConnectionRecord> Connections { get; } = new();

    public void Kill() => _killed.Cancel();

    public void Dispose() => _killed.Dispose();

    public async Task BeatAsync(TimeSpan phase, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, _killed.Token);
        try
        {
            await Task.Delay(phase, either.Token);
            var due = Stopwatch.GetTimestamp();
            while (true)
            {
                var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, either.Token);
                await AnnounceAsync(either.Token);
                lateness.Add(Stopwatch.GetElapsedTime(due));
                due += (long)(Period.TotalSeconds * Stopwatch.Frequency);
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // Dead, or the run is over.
        }
    }

    private async Task AnnounceAsync(CancellationToken cancel)
    {
        ConnectionRecord[] mine = [.. Connections.Values.Where(connection => connection.Generation > 0)];
        var heartbeat = new GatewayHeartbeat
        {
            GatewayId = id,
            Capacity = capacity,
            Active = mine.Length,
            StartedAt = DateTimeOffset.UnixEpoch,
            Endpoints = [.. Enumerable.Range(0, 12).Select(i => new VoiceLiveEndpointStatus($"endpoint-{i}", 10_000, Healthy: true))],
        };
        try
        {
            await _registry.AnnounceAsync(heartbeat, mine, cancel).WaitAsync(TimeSpan.FromSeconds(2), cancel);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Missed: the lateness shows it.
        }
    }
}
