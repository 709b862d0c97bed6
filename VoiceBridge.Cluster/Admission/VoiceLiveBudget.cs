using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>New Voice Live connections of the last 60 s, by endpoint, over all gateways.</summary>
public sealed class VoiceLiveBudget
{
    /// <summary>How long a new connection counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    private readonly ClusterRedis _redis;
    private readonly ClusterClock _clock;

    internal VoiceLiveBudget(ClusterRedis redis, ClusterClock clock) => (_redis, _clock) = (redis, clock);

    /// <summary>Takes one new connection from the endpoint's budget, reserve included: for recovery and browser callers.</summary>
    public async Task<bool> TryTakeAsync(string endpoint, int perMinute, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(endpoint);
        return (bool)await _redis.RunAsync(AdmissionScripts.TakeVoiceLive, [_redis.Keys.VoiceLive(endpoint)], [perMinute, Guid.NewGuid().ToString("N")], ct);
    }

    /// <summary>When each of the last 60 s was taken (Redis's clock), the oldest first, for each of these endpoints; one without any is absent.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<DateTimeOffset>>> TakenAsync(IReadOnlyCollection<string> endpoints, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var since = (_clock.GetUtcNow() - Window).ToUnixTimeMilliseconds();
        var taken = await _redis.AskAsync(
            db => Task.WhenAll(endpoints.Select(endpoint => db.SortedSetRangeByScoreWithScoresAsync(_redis.Keys.VoiceLive(endpoint), start: since, exclude: Exclude.Start))), ct);
        return endpoints.Zip(taken)
            .Where(entry => entry.Second.Length > 0)
            .ToDictionary(
                entry => entry.First,
                IReadOnlyList<DateTimeOffset> (entry) => [.. entry.Second.Select(connect => DateTimeOffset.FromUnixTimeMilliseconds((long)connect.Score))],
                StringComparer.Ordinal);
    }
}
