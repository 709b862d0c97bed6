using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Redis;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Transcripts;

/// <summary>A call's turns in a list, each encrypted and bound to the call.</summary>
internal sealed class TurnList(ClusterRedis redis, ClusterKeys clusterKeys, string purpose)
{
    private readonly SecretBox _box = new(clusterKeys, purpose);

    public Task WriteAsync(string callId, RedisKey list, IEnumerable<Turn> turns, TurnRetention retention, bool replace, CancellationToken ct) =>
        redis.RunAsync(
            CallScripts.Append,
            [list],
            [
                retention.Count, (long)retention.Live.TotalMilliseconds, (long)retention.Ended.TotalMilliseconds, replace ? 1 : 0,
                .. turns.Select(turn => (RedisValue)_box.Close(callId, JsonSerializer.SerializeToUtf8Bytes(turn, ClusterJson.Default.Turn))),
            ],
            ct);

    public async Task<IReadOnlyList<Turn>> ReadAsync(string callId, RedisKey list, CancellationToken ct)
    {
        var boxes = await redis.AskAsync(db => db.ListRangeAsync(list), ct);
        return
        [
            .. boxes
                .Select(box => _box.Open(callId, ((ReadOnlyMemory<byte>)box).Span))
                .OfType<byte[]>()
                .Select(json => ClusterJson.Read(json, ClusterJson.Default.Turn))
                .OfType<Turn>(),
        ];
    }
}

/// <summary>How many turns are kept, and for how long after the last one while the call lives and after it.</summary>
internal readonly record struct TurnRetention(int Count, TimeSpan Live, TimeSpan Ended);
