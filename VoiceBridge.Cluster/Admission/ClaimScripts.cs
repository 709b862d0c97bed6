using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>The steps on claims.</summary>
internal static class ClaimScripts
{
    /// <summary>KEYS: claims, claim, call, calls. ARGV: call id, owner, lease in ms, then fields of the call's record. Returns 1 when the claim is the owner's now.</summary>
    public static readonly Script Take = new("""
        local id = ARGV[1]
        local lease = tonumber(redis.call('ZSCORE', KEYS[1], id) or nil)
        local state = tonumber(redis.call('HGET', KEYS[3], 'state') or nil)
        if lease == nil then
            if state ~= nil then return 0 end
            redis.call('HSET', KEYS[3], 'state', '0', 'created', int(now), 'claimed', '1', unpack(ARGV, 4))
            redis.call('PEXPIRE', KEYS[3], '3600000')
            redis.call('ZADD', KEYS[4], int(now), id)
            redis.call('PEXPIRE', KEYS[4], '3600000')
        else
            if lease > now then return 0 end
            if state == nil or state >= 2 then return 0 end
        end
        redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[3])), id)
        redis.call('HSET', KEYS[2], id, ARGV[2])
        redis.call('PEXPIRE', KEYS[1], '300000')
        redis.call('PEXPIRE', KEYS[2], '300000')
        return 1
        """);

    /// <summary>KEYS: claims, claim, call. ARGV: call id, owner, "renew" with lease in ms, "release" or "complete". Returns 1 when the claim was the owner's.</summary>
    public static readonly Script Handle = new("""
        local id, what = ARGV[1], ARGV[3]
        if redis.call('HGET', KEYS[2], id) ~= ARGV[2] then
            -- No claim, and no record that was ever claimed: Redis was emptied, and who is at work on the call goes on.
            if what ~= 'renew' or redis.call('ZSCORE', KEYS[1], id) or redis.call('HGET', KEYS[3], 'claimed') then return 0 end
            local state = tonumber(redis.call('HGET', KEYS[3], 'state') or nil)
            if state ~= nil and state >= 2 then return 0 end
            redis.call('ZADD', KEYS[1], int(now), id)
            redis.call('HSET', KEYS[2], id, ARGV[2])
        end
        if what == 'complete' then
            redis.call('ZREM', KEYS[1], id)
            redis.call('HDEL', KEYS[2], id)
            return 1
        end
        if not redis.call('ZSCORE', KEYS[1], id) then return 0 end
        if what == 'release' then
            redis.call('ZADD', KEYS[1], int(now), id)
            redis.call('HDEL', KEYS[2], id)
        else
            redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[4])), id)
            redis.call('PEXPIRE', KEYS[1], '300000')
            redis.call('PEXPIRE', KEYS[2], '300000')
        end
        return 1
        """);

    /// <summary>KEYS: claims, claim. ARGV: owner, lease in ms, how many at most. Returns the call ids taken over, and those given up.</summary>
    public static readonly Script TakeLapsed = new("""
        local given_up = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now - 30000))
        for _, old in ipairs(given_up) do
            redis.call('ZREM', KEYS[1], old)
            redis.call('HDEL', KEYS[2], old)
        end
        local taken = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now), 'LIMIT', '0', ARGV[3])
        for _, id in ipairs(taken) do
            redis.call('ZADD', KEYS[1], int(now + tonumber(ARGV[2])), id)
            redis.call('HSET', KEYS[2], id, ARGV[1])
        end
        if #taken > 0 then
            redis.call('PEXPIRE', KEYS[1], '300000')
            redis.call('PEXPIRE', KEYS[2], '300000')
        end
        return {taken, given_up}
        """);
}
