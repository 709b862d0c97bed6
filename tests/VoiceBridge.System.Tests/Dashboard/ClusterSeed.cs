using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Tests;

namespace VoiceBridge.System.Tests.Dashboard;

/// <summary>Writes a <see cref="SampleCluster"/> to Redis as services would, and keeps its gateways' hearts beating.</summary>
internal sealed class ClusterSeed(WebApplication dashboard, SampleCluster sample, string clusterName) : IAsyncDisposable
{
    private const int AtOnce = 25;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<string> _silent = [];
    private readonly HashSet<string> _late = [];
    private Dictionary<string, ConnectionRecord[]> _connections = [];
    private Task _beating = Task.CompletedTask;

    public GatewayRegistry Gateways { get; } = dashboard.Services.GetRequiredService<GatewayRegistry>();

    public CallStore Calls { get; } = dashboard.Services.GetRequiredService<CallStore>();

    public WorkingTurns Turns { get; } = dashboard.Services.GetRequiredService<WorkingTurns>();

    public ConnectionDirectory Connections { get; } = dashboard.Services.GetRequiredService<ConnectionDirectory>();

    /// <summary>The latest order that each gateway was given.</summary>
    public Dictionary<string, GatewayOrder> Orders { get; } = [];

    public async Task WriteAsync(CancellationToken ct)
    {
        // Calls first: a gateway that announces a connection of an unknown call would write that call, with less in it.
        var live = sample.Live();
        foreach (var batch in live.Chunk(AtOnce)) await Task.WhenAll(batch.Select(call => PatientlyAsync(() => Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct))));
        await BeatAsync(ct);
        foreach (var batch in live.Where(call => call.ConnectionId is not null).Chunk(AtOnce)) await Task.WhenAll(batch.Select(call => PatientlyAsync(() => Connections.RegisterAsync(ConnectionOf(call), ct))));
        foreach (var batch in sample.Ended(60).Chunk(AtOnce)) await Task.WhenAll(batch.Select(call => PatientlyAsync(() => Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct))));
        await WriteConversationAsync(live.FirstOrDefault(call => call.CallId == SampleCluster.ToldCallId) ?? live[0], ct);
        await WriteSeriesAsync();
        var budget = dashboard.Services.GetRequiredService<VoiceLiveBudget>();
        await Task.WhenAll(sample.VoiceLiveUsed.SelectMany(used => Enumerable.Range(0, used.Value).Select(_ => budget.TryTakeAsync(used.Key, 1_000, ct))));
        _beating = KeepBeatingAsync(_stopping.Token);
    }

    /// <summary>The gateway falls silent, as when it is killed.</summary>
    public void Kill(string gatewayId)
    {
        lock (_silent)
        {
            _late.Remove(gatewayId);
            _silent.Add(gatewayId);
        }
    }

    /// <summary>The gateway's heartbeats come so late from now on that it is suspect, for as long as somebody needs to see it.</summary>
    public void Delay(string gatewayId)
    {
        lock (_silent)
        {
            _silent.Add(gatewayId);
            _late.Add(gatewayId);
        }
    }

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

    public async Task WriteCallAsync(CallRecord call, CancellationToken ct)
    {
        await Calls.AdvanceAsync(call.CallId, call.State, ChangeOf(call), ct);
        if (call.GatewayId is not null && call.ConnectionId is not null) await Connections.RegisterAsync(ConnectionOf(call), ct);
    }

    private async Task WriteConversationAsync(CallRecord call, CancellationToken ct)
    {
        foreach (var entry in SampleCluster.Timeline(call)) await Calls.AddEventAsync(call.CallId, entry, ct);
        foreach (var turn in SampleCluster.Conversation(call)) await Turns.AppendAsync(call.CallId, turn, ct);
    }

    /// <summary>The cluster's API adds to the present minute only; a day's history is written as it lies in Redis.</summary>
    private Task WriteSeriesAsync()
    {
        var database = dashboard.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
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
        if (_connections.Count == 0)
            _connections = sample.Live().Where(call => call.ConnectionId is not null).Select(ConnectionOf).GroupBy(c => c.GatewayId).ToDictionary(g => g.Key, g => g.ToArray());
        string[] late;
        lock (_silent) late = [.. _late];
        foreach (var gatewayId in late) await BeatLateAsync(gatewayId);
        foreach (var beat in sample.Heartbeats)
        {
            lock (_silent)
            {
                if (_silent.Contains(beat.GatewayId)) continue;
            }
            var draining = Orders.GetValueOrDefault(beat.GatewayId) switch
            {
                GatewayOrder.Drain => true,
                GatewayOrder.Undrain => false,
                _ => beat.Draining,
            };
            var reply = await Gateways.AnnounceAsync(beat with { Draining = draining }, _connections.GetValueOrDefault(beat.GatewayId) ?? [], ct);
            if (reply.Order != GatewayOrder.None) Orders[beat.GatewayId] = reply.Order;
        }
    }

    private async Task BeatLateAsync(string gatewayId)
    {
        var redis = dashboard.Services.GetRequiredService<IConnectionMultiplexer>();
        var suspect = DateTimeOffset.UtcNow - GatewayRegistry.SuspectAfter - TimeSpan.FromMilliseconds(200);
        await redis.GetDatabase().SortedSetAddAsync($"{{vb-{clusterName}}}:gateways", gatewayId, suspect.ToUnixTimeMilliseconds());
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
    }
}
