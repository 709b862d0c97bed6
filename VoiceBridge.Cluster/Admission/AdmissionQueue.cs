using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>Decides, for the cluster as a whole, which calls may be answered: first come, first served, over all replicas.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "Callers wait in it, in order.")]
public sealed class AdmissionQueue
{
    /// <summary>The kind of the event that says that calls of other replicas were admitted.</summary>
    public const string AdmittedEvent = "admitted";

    private const int MaxTries = 5;

    private readonly ClusterRedis _redis;
    private readonly ClusterEvents _events;

    // As scripts know them; a script that knows of others says so.
    private volatile string[] _gateways = [];
    private volatile string[] _endpoints = [];

    internal AdmissionQueue(ClusterRedis redis, ClusterEvents events) => (_redis, _events) = (redis, events);

    /// <summary>
    /// Asks for all the calls that wait at a replica. Each admitted one has a slot and a Voice Live connection reserved (30 s); the others are in the queue. Asking again
    /// renews a reservation and keeps a place. Ask at least every second: the calls of a replica that has not asked for 3 s are passed over, and after 30 s
    /// a place is lost. What is free is granted in the order of the queue, so that another replica's asking may admit this one's calls.
    /// </summary>
    public async Task<IReadOnlyList<AdmissionOutcome>> AskAsync(string replica, IReadOnlyList<string> callIds, AdmissionPolicy policy, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(replica);
        ArgumentNullException.ThrowIfNull(callIds);
        ArgumentNullException.ThrowIfNull(policy);
        var keys = _redis.Keys;
        var result = await RunAsync(
            (gateways, endpoints) => _redis.RunAsync(
                AdmissionScripts.Ask,
                [
                    keys.GatewayHeartbeats, keys.GatewayCapacities, keys.GatewayEndpoints, keys.ReservationLeases, keys.ReservedEndpoints, keys.Waiting, keys.WaitingAt,
                    keys.Replicas, keys.Settling, .. gateways.Select(keys.GatewayCalls), .. endpoints.Select(keys.VoiceLive),
                ],
                [
                    replica, Share(policy.Headroom), Share(policy.RecoveryReserve), gateways.Length, endpoints.Length,
                    .. Values(gateways), .. Values(endpoints), .. Values(callIds),
                ],
                ct));
        _ = Enum.TryParse<AdmissionWait>((string?)result[1], out var why);
        if ((int)result[2] > 0) await _events.PublishAsync(new ClusterEvent(AdmittedEvent), ct);
        return [.. ((string[])result[3]!).Select(granted => granted.Length == 0
            ? new AdmissionOutcome(false, null, why)
            : new AdmissionOutcome(true, granted.Length > 1 ? granted[1..] : null, AdmissionWait.None))];
    }

    /// <summary>The call is gone: gives its slot, its Voice Live connection and its place in the queue back. A connected call keeps its connection.</summary>
    public async Task CancelAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var keys = _redis.Keys;
        var result = (RedisResult[])(await _redis.RunAsync(
            AdmissionScripts.Cancel, [keys.ReservationLeases, keys.ReservedEndpoints, keys.Waiting, keys.WaitingAt], [callId], ct))!;
        if ((string?)result[1] is { Length: > 0 } endpoint) await _redis.AskAsync(db => db.SortedSetRemoveAsync(keys.VoiceLive(endpoint), callId), ct);
    }

    /// <summary>How full the cluster is.</summary>
    public async Task<ClusterLoad> LoadAsync(CancellationToken ct) => (await ReadAsync("", ct)).Load;

    /// <summary>The same, and says that the replica is here; how many there are.</summary>
    public Task<(ClusterLoad Load, int Replicas)> AnnounceReplicaAsync(string replica, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(replica);
        return ReadAsync(replica, ct);
    }

    private async Task<(ClusterLoad Load, int Replicas)> ReadAsync(string replica, CancellationToken ct)
    {
        var keys = _redis.Keys;
        var result = await RunAsync((gateways, _) => _redis.RunAsync(
            AdmissionScripts.Load,
            [
                keys.GatewayHeartbeats, keys.GatewayCapacities, keys.ReservationLeases, keys.ReservedEndpoints, keys.Waiting, keys.WaitingAt, keys.Replicas, keys.Settling,
                .. gateways.Select(keys.GatewayCalls),
            ],
            [replica, .. Values(gateways)],
            ct));
        return (new ClusterLoad((int)result[1], (int)result[2], (int)result[3], (int)result[4], (bool)result[5]), (int)result[6]);
    }

    /// <summary>Runs a script with the gateways and endpoints as they are known, and again where it knows of more.</summary>
    private async Task<RedisResult[]> RunAsync(Func<string[], string[], Task<RedisResult>> run)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = (RedisResult[])(await run(_gateways, _endpoints))!;
            if ((int)result[0] >= 0) return result;
            // More than one change between two steps is rare, and as many as this would be a fault.
            if (attempt == MaxTries) throw new InvalidOperationException("The gateways change faster than they can be read.");
            _gateways = (string[])result[1]!;
            if ((string[])result[2]! is { Length: > 0 } endpoints) _endpoints = endpoints;
        }
    }

    private static IEnumerable<RedisValue> Values(IEnumerable<string> texts) => texts.Select(text => (RedisValue)text);

    private static string Share(double share) => Math.Clamp(share, 0, 1).ToString("0.######", CultureInfo.InvariantCulture);
}
