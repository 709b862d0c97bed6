using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Testing.Clusters;

/// <summary>
/// Writes a <see cref="SampleCluster"/> to Redis as services would, and keeps its gateways' hearts beating. <paramref name="services"/> are those of
/// <c>AddCluster</c>, with a connection to Redis.
/// </summary>
public sealed class ClusterSeed(IServiceProvider services, SampleCluster sample, string clusterName) : IAsyncDisposable
{
    private const int AtOnce = 25;
    private readonly CancellationTokenSource _stopping = new();

    // An announcement under way must not bring a connection back that has just been closed.
    private readonly SemaphoreSlim _announcing = new(1);
    private readonly ConcurrentDictionary<string, Silence> _silent = [];
    private readonly ConcurrentDictionary<string, ConnectionRecord> _connections = [];
    private readonly ConcurrentDictionary<string, GatewayOrder> _orders = [];
    private Task _beating = Task.CompletedTask;

    public GatewayRegistry Gateways { get; } = services.GetRequiredService<GatewayRegistry>();

    public CallStore Calls { get; } = services.GetRequiredService<CallStore>();

    public WorkingTurns Turns { get; } = services.GetRequiredService<WorkingTurns>();

    public ConnectionDirectory Connections { get; } = services.GetRequiredService<ConnectionDirectory>();

    /// <summary>The latest order that each gateway was given.</summary>
    public IReadOnlyDictionary<string, GatewayOrder> Orders => _orders;

    /// <summary>The media sockets that the gateways have now.</summary>
    public IReadOnlyCollection<ConnectionRecord> Open => [.. _connections.Values];

    /// <summary>Heartbeats that Redis did not take.</summary>
    public int MissedBeats { get; private set; }

    public async Task WriteAsync(CancellationToken ct)
    {
        // Calls first: a gateway that announces a connection of an unknown call would write that call, with less in it.
        var live = sample.Live();
        foreach (var batch in live.Chunk(AtOnce)) await Task.WhenAll(batch.Select(call => PatientlyAsync(() => Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct))));
        foreach (var connection in live.Where(call => call.ConnectionId is not null).Select(ConnectionOf)) _connections[connection.ConnectionId] = connection;
        await BeatAsync(ct);
        foreach (var batch in Open.Chunk(AtOnce)) await Task.WhenAll(batch.Select(connection => PatientlyAsync(() => Connections.RegisterAsync(connection, ct))));
        foreach (var batch in sample.Ended(60).Chunk(AtOnce)) await Task.WhenAll(batch.Select(call => PatientlyAsync(() => Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct))));
        await WriteSeriesAsync();
        var budget = services.GetRequiredService<VoiceLiveBudget>();
        await Task.WhenAll(sample.VoiceLiveUsed.SelectMany(used => Enumerable.Range(0, used.Value).Select(_ => budget.TryTakeAsync(used.Key, 1_000, ct))));
        _beating = KeepBeatingAsync(_stopping.Token);
    }

    /// <summary>The gateway falls silent, as when it is killed.</summary>
    public void Kill(string gatewayId) => _silent[gatewayId] = Silence.Dead;

    /// <summary>The gateway's heartbeats come so late from now on that it is suspect, for as long as somebody needs to see it.</summary>
    public void Delay(string gatewayId) => _silent[gatewayId] = Silence.Late;

    /// <summary>A service gives up on Redis after two seconds; a test on a busy machine tries again, as these writes may be repeated.</summary>
    private static async Task PatientlyAsync(Func<Task> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await write();
                return;
            }
            catch (RedisException) when (attempt < 10)
            {
                // Next attempt.
            }
        }
    }

    /// <summary>The call is, or has come to be, as <paramref name="call"/> says.</summary>
    public async Task WriteCallAsync(CallRecord call, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(call);
        await Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct);
        if (call.GatewayId is null || call.ConnectionId is null) return;
        var connection = _connections[call.ConnectionId] = ConnectionOf(call);
        await Connections.RegisterAsync(connection, ct);
    }

    /// <summary>The call ends, and its media socket with it.</summary>
    public async Task EndCallAsync(ConnectionRecord connection, string reason, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await Calls.AdvanceAsync(connection.CallId, CallState.Ended, new CallChange { EndReason = reason, EndedAt = DateTimeOffset.UtcNow }, ct);
        await _announcing.WaitAsync(ct);
        try
        {
            _connections.TryRemove(connection.ConnectionId, out _);
            await Connections.UnregisterAsync(connection, reason, ct);
        }
        finally
        {
            _announcing.Release();
        }
    }

    /// <summary>The cluster's API adds to the present minute only; a day's history is written as it lies in Redis.</summary>
    private Task WriteSeriesAsync()
    {
        var database = services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        return Task.WhenAll(sample.Minutes().Where(minute => minute.Counters.Count > 0).Select(minute => database.HashSetAsync(
            $"{{vb-{clusterName}}}:series:{minute.Minute.ToUnixTimeSeconds() / 60}",
            [.. minute.Counters.Select(counter => new HashEntry(counter.Key, counter.Value))])));
    }

    private async Task KeepBeatingAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                try
                {
                    await BeatAsync(ct);
                }
                catch (Exception exception) when (exception is RedisException or TimeoutException)
                {
                    // A test has stopped Redis; the next beat may find it again.
                    MissedBeats++;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        foreach (var (gatewayId, _) in _silent.Where(silent => silent.Value == Silence.Late)) await BeatLateAsync(gatewayId);
        foreach (var beat in sample.Heartbeats.Where(beat => !_silent.ContainsKey(beat.GatewayId)))
        {
            var draining = _orders.GetValueOrDefault(beat.GatewayId) switch
            {
                GatewayOrder.Drain => true,
                GatewayOrder.Undrain => false,
                _ => beat.Draining,
            };
            var order = await AnnounceAsync(beat with { Draining = draining }, ct);
            if (order != GatewayOrder.None) _orders[beat.GatewayId] = order;
        }
    }

    private Task<bool> BeatLateAsync(string gatewayId)
    {
        var suspect = DateTimeOffset.UtcNow - GatewayRegistry.SuspectAfter - TimeSpan.FromMilliseconds(200);
        return services.GetRequiredService<IConnectionMultiplexer>().GetDatabase()
            .SortedSetAddAsync($"{{vb-{clusterName}}}:gateways", gatewayId, suspect.ToUnixTimeMilliseconds());
    }

    private async Task<GatewayOrder> AnnounceAsync(GatewayHeartbeat beat, CancellationToken ct)
    {
        await _announcing.WaitAsync(ct);
        try
        {
            ConnectionRecord[] own = [.. Open.Where(connection => connection.GatewayId == beat.GatewayId)];
            return (await Gateways.AnnounceAsync(beat with { Active = own.Length }, own, ct)).Order;
        }
        finally
        {
            _announcing.Release();
        }
    }

    private static ConnectionRecord ConnectionOf(CallRecord call) => new()
    {
        ConnectionId = call.ConnectionId!,
        CallId = call.CallId,
        CorrelationId = call.CorrelationId,
        CallerId = call.From,
        GatewayId = call.GatewayId!,
        Agent = call.Agent,
        ConnectedAt = call.ConnectedAt ?? call.RangAt,
        Generation = 1,
    };

    private static CallChange ChangeOf(CallRecord call) => new()
    {
        CorrelationId = call.CorrelationId,
        From = call.From,
        To = call.To,
        Type = call.Type,
        CallConnectionId = call.CallConnectionId,
        Agent = call.Agent,
        EndReason = call.EndReason,
        TraceId = call.TraceId,
        RangAt = call.RangAt,
        AnsweredAt = call.AnsweredAt,
        ConnectedAt = call.ConnectedAt,
        FirstAudioAt = call.FirstAudioAt,
        FirstAudioMs = call.FirstAudioMs,
        EndedAt = call.EndedAt,
        Turns = call.Turns,
        Interruptions = call.Interruptions,
        ToolCalls = call.ToolCalls,
        InputTokens = call.InputTokens,
        OutputTokens = call.OutputTokens,
        Cost = call.Cost,
    };

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _beating;
        _stopping.Dispose();
        _announcing.Dispose();
    }

    private enum Silence
    {
        Late,
        Dead,
    }
}
