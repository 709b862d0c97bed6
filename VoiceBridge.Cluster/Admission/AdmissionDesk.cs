using System.Globalization;
using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>Decides, for the cluster as a whole, whether a call may be answered.</summary>
public sealed class AdmissionDesk
{
    private readonly ClusterRedis _redis;

    internal AdmissionDesk(ClusterRedis redis) => _redis = redis;

    /// <summary>
    /// Reserves a slot and a Voice Live connection for the call (30 s), or puts it in the queue: first come, first served, over all replicas. Asking again
    /// renews an admitted call's reservation and keeps the place of a waiting one. Ask at least every second: who has not asked for 3 s is
    /// passed over, and after 30 s the place is lost.
    /// </summary>
    public async Task<AdmissionOutcome> TryReserveAsync(string callId, AdmissionPolicy policy, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(policy);
        var keys = _redis.Keys;
        var result = (RedisResult[])(await _redis.RunAsync(
            AdmissionScripts.Reserve,
            [
                keys.Gateways, keys.Gateway, keys.Connections, keys.Reservations, keys.Reservation, keys.Waiting, keys.Asking, keys.VoiceLive,
                keys.Call(callId), keys.Settling,
            ],
            [callId, Share(policy.Headroom), Share(policy.RecoveryReserve)],
            ct))!;
        _ = Enum.TryParse<AdmissionWait>((string?)result[2], out var why);
        var endpoint = (string?)result[1];
        return new AdmissionOutcome((bool)result[0], string.IsNullOrEmpty(endpoint) ? null : endpoint, why, (int)result[3]);
    }

    /// <summary>The call is gone: gives its slot, its Voice Live connection and its place in the queue back. A connected call keeps its connection.</summary>
    public Task CancelAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        var keys = _redis.Keys;
        return _redis.RunAsync(AdmissionScripts.Cancel, [keys.Reservations, keys.Reservation, keys.Waiting, keys.Asking, keys.VoiceLive], [callId], ct);
    }

    /// <summary>How full the cluster is.</summary>
    public async Task<ClusterLoad> LoadAsync(CancellationToken ct)
    {
        var keys = _redis.Keys;
        var result = (RedisResult[])(await _redis.RunAsync(
            AdmissionScripts.Load,
            [keys.Gateways, keys.Gateway, keys.Connections, keys.Reservations, keys.Reservation, keys.Waiting, keys.Asking, keys.Settling],
            [],
            ct))!;
        return new ClusterLoad((int)result[0], (int)result[1], (int)result[2], (int)result[3], (bool)result[4]);
    }

    private static string Share(double share) => Math.Clamp(share, 0, 1).ToString("0.######", CultureInfo.InvariantCulture);
}
