using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>New Voice Live connections of the last 60 s, by endpoint, over all gateways.</summary>
public sealed class VoiceLiveBudget
{
    /// <summary>How long a new connection counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly ClusterRedis _redis;

    internal VoiceLiveBudget(ClusterRedis redis) => _redis = redis;

    /// <summary>Takes one new connection from the endpoint's budget, reserve included: for recovery and browser callers.</summary>
    public async Task<bool> TryTakeAsync(string endpoint, int perMinute, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        return (bool)await _redis.RunAsync(AdmissionScripts.TakeVoiceLive, [_redis.Keys.VoiceLive], [endpoint, perMinute, Guid.NewGuid().ToString("N")], ct);
    }

    /// <summary>When each of the last 60 s was taken (Redis's clock), the oldest first, by endpoint; one without any is absent.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<DateTimeOffset>>> TakenAsync(CancellationToken ct)
    {
        var since = (await _redis.NowAsync(ct) - Window).ToUnixTimeMilliseconds();
        var connects = await _redis.AskAsync(db => db.SortedSetRangeByScoreWithScoresAsync(_redis.Keys.VoiceLive, start: since, exclude: Exclude.Start), ct);
        return connects
            .GroupBy(connect => EndpointOf(connect.Element.ToString()), connect => DateTimeOffset.FromUnixTimeMilliseconds((long)connect.Score), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, IReadOnlyList<DateTimeOffset> (group) => [.. group], StringComparer.Ordinal);
    }

    private static string EndpointOf(string connect) => connect[..Math.Max(0, connect.LastIndexOf('/'))];
}
