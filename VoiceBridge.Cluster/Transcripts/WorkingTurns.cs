using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Transcripts;

/// <summary>The conversation so far, encrypted, from which another gateway goes on after a loss. Gone 60 s after the call.</summary>
public sealed class WorkingTurns
{
    /// <summary>How long they outlive the call.</summary>
    internal static readonly TimeSpan AfterCall = TimeSpan.FromSeconds(60);

    private static readonly TurnRetention Retention = new(500, TimeSpan.FromHours(2), AfterCall);

    private readonly ClusterRedis _redis;
    private readonly TurnList _turns;

    internal WorkingTurns(ClusterRedis redis, ClusterKeys keys) => (_redis, _turns) = (redis, new TurnList(redis, keys, "turns"));

    /// <summary>Adds turns; the last 500 are kept.</summary>
    public Task AppendAsync(string callId, IReadOnlyList<Turn> turns, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(turns);
        return _turns.WriteAsync(callId, _redis.Keys.Turns(callId), turns, Retention, replace: false, ct);
    }

    /// <summary>Writes all turns anew: after Redis was away or emptied.</summary>
    public Task ReplaceAsync(string callId, IReadOnlyList<Turn> turns, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(turns);
        return _turns.WriteAsync(callId, _redis.Keys.Turns(callId), turns, Retention, replace: true, ct);
    }

    /// <summary>The turns so far; none for an unknown call. Turns that cannot be decrypted are left out.</summary>
    public Task<IReadOnlyList<Turn>> ReadAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return _turns.ReadAsync(callId, _redis.Keys.Turns(callId), ct);
    }

    /// <summary>The call is over: the turns go in 60 s.</summary>
    public Task EndAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return _redis.AskAsync(db => db.KeyExpireAsync(_redis.Keys.Turns(callId), AfterCall), ct);
    }
}
