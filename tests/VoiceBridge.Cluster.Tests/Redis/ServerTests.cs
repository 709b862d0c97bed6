using StackExchange.Redis;
using VoiceBridge.Testing;

namespace VoiceBridge.Cluster.Tests.Redis;

/// <summary>What the scripts need of a server; a version that lacks it should fail here first.</summary>
public sealed class ServerTests(RedisServers servers)
{
    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Scripts_SeeTheServersClock(RedisKind kind)
    {
        var db = (await servers.ConnectAsync(kind)).GetDatabase();

        var result = (long)await db.ScriptEvaluateAsync("local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000)");

        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(result), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Theory, MemberData(nameof(RedisServers.ClusterKinds), MemberType = typeof(RedisServers))]
    public async Task Scripts_HaveWhatOursUse(RedisKind kind)
    {
        var db = (await servers.ConnectAsync(kind)).GetDatabase();
        RedisKey set = $"{{{RedisServers.UniqueName()}}}:set";
        RedisKey hash = $"{set}".Replace(":set", ":hash", StringComparison.Ordinal);
        const string Script = """
            local out = {}
            redis.call('ZADD', KEYS[1], '1700000000123', 'a', '5', 'b', '7', 'c')
            out[#out+1] = redis.call('ZSCORE', KEYS[1], 'a')
            out[#out+1] = redis.call('ZADD', KEYS[1], 'NX', '9', 'b')
            out[#out+1] = redis.call('ZCOUNT', KEYS[1], '(5', '+inf')
            out[#out+1] = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '7', 'LIMIT', '0', '1')[1]
            out[#out+1] = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(7', 'WITHSCORES')[2]
            out[#out+1] = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(6')
            out[#out+1] = redis.call('ZREMRANGEBYRANK', KEYS[1], '0', '-2')
            out[#out+1] = redis.call('ZCARD', KEYS[1])
            out[#out+1] = redis.call('ZRANK', KEYS[1], 'a')
            out[#out+1] = tostring(redis.call('ZSCORE', KEYS[1], 'none'))
            redis.call('HSET', KEYS[2], 'f', '1', 'g', '2')
            out[#out+1] = redis.call('HINCRBY', KEYS[2], 'f', '41')
            out[#out+1] = table.concat(redis.call('HMGET', KEYS[2], 'f', 'g'), ',')
            out[#out+1] = tostring(redis.call('HGET', KEYS[2], 'none'))
            out[#out+1] = redis.call('HSETNX', KEYS[2], 'f', '3')
            out[#out+1] = redis.call('HDEL', KEYS[2], 'f', 'none')
            out[#out+1] = redis.call('PEXPIRE', KEYS[1], '30000')
            out[#out+1] = cjson.decode('{"a":{"b":12,"c":null,"d":[1,2]}}').a.b
            out[#out+1] = cjson.encode({x=1})
            out[#out+1] = string.format('%d', 1700000000123)
            out[#out+1] = #ARGV .. unpack(ARGV, 2, 2)
            return out
            """;

        var result = (RedisValue[])(await db.ScriptEvaluateAsync(Script, [set, hash], ["one", "two"]))!;

        Assert.Equal("1700000000123 0 2 b 5 1 1 1 0 false 42 42,2 false 0 1 1 12 {\"x\":1} 1700000000123 2two", string.Join(' ', result));
    }
}
