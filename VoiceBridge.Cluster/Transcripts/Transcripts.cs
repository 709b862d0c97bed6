using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Transcripts;

/// <summary>The redacted copies of conversations that are kept, where <see cref="TranscriptOptions.Keep"/> says so; encrypted.</summary>
public sealed class Transcripts
{
    private const int MaxTurns = 2_000;

    private readonly ClusterRedis _redis;
    private readonly TurnList _turns;
    private readonly TranscriptOptions _options;

    internal Transcripts(ClusterRedis redis, ClusterKeys keys, IOptions<TranscriptOptions> options) =>
        (_redis, _turns, _options) = (redis, new TurnList(redis, keys, "transcripts"), options.Value);

    /// <summary>Adds turns that have been redacted, the last 2,000 are kept; nothing happens when transcripts are not kept.</summary>
    public Task AppendAsync(string callId, IReadOnlyList<Turn> redacted, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        ArgumentNullException.ThrowIfNull(redacted);
        if (!_options.Keep) return Task.CompletedTask;
        var retention = new TurnRetention(MaxTurns, _options.Retention, TimeSpan.Zero);
        return _turns.WriteAsync(callId, _redis.Keys.Transcript(callId), redacted, retention, replace: false, ct);
    }

    /// <summary>The call's kept turns; none when there are none.</summary>
    public Task<IReadOnlyList<Turn>> ReadAsync(string callId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return _turns.ReadAsync(callId, _redis.Keys.Transcript(callId), ct);
    }
}
