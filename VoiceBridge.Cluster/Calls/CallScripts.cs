using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The steps on a call's record.</summary>
internal static class CallScripts
{
    /// <summary>
    /// KEYS: call, calls, recent, medialost, timeline. ARGV: call id, state to reach (-1: none, only change), media (-1: leave), context ("" none),
    /// then three counted lists of pairs: identity, once, counters. Returns 1 when the call advanced or, without a state, exists.
    /// </summary>
    public static readonly Script Change = new("""
        local call, id, to, media, context = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
        local at = 5
        local function each(apply)
            local n = tonumber(ARGV[at])
            for i = at + 1, at + n, 2 do apply(ARGV[i], ARGV[i + 1]) end
            at = at + n + 1
        end
        local function set(field, value) redis.call('HSET', call, field, value) end
        local function once(field, value) redis.call('HSETNX', call, field, value) end
        local function count(field, value) redis.call('HINCRBY', call, field, value) end
        local function nothing() end

        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if to < 0 then
            if state == nil then return 0 end
            each(set) each(once) each(count)
        else
            -- 3 (ended) and 4 (rejected) are both final
            local advances = state == nil or (to > state and state < 3)
            if not advances then
                -- too late for the state, not for who the call is
                each(once)
                return 0
            end
            if state == nil then redis.call('HSET', call, 'created', int(now)) end
            redis.call('HSET', call, 'state', ARGV[2])
            each(set) each(once) each(count)
            state = to
            if to == 1 then once('answered', int(now)) end
            if to == 2 then once('connected', int(now)) end
            if to >= 3 then once('ended', int(now)) end
            if to == 2 and not redis.call('HGET', call, 'generation') then
                -- on the line, but no media yet: whoever looks for lost media must find it
                redis.call('HSET', call, 'lost', int(now), 'lost_certain', '1')
                redis.call('ZADD', KEYS[4], int(now), id)
            end
        end

        if state >= 2 then redis.call('HDEL', call, 'context')
        elseif context ~= '' then redis.call('HSET', call, 'context', context) end
        if state < 3 then
            -- "recovering" comes too late when a new socket is there already
            if media >= 0 and not (media == 2 and redis.call('HGET', call, 'media') == '1') then redis.call('HSET', call, 'media', ARGV[3]) end
            redis.call('ZADD', KEYS[2], int(now), id)
        else
            redis.call('HSET', call, 'media', '0')
            redis.call('HDEL', call, 'lost', 'lost_certain')
            redis.call('ZREM', KEYS[2], id)
            redis.call('ZREM', KEYS[4], id)
            redis.call('ZADD', KEYS[3], redis.call('HGET', call, 'ended') or int(now), id)
            redis.call('PEXPIRE', KEYS[5], '3600000')
        end
        local hour = int(now - 3600000)
        for i = 2, 4 do
            redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', hour)
            redis.call('ZREMRANGEBYRANK', KEYS[i], '0', '-20001')
            redis.call('PEXPIRE', KEYS[i], '3600000')
        end
        redis.call('PEXPIRE', call, '3600000')
        return 1
        """);

    /// <summary>KEYS: call, medialost. ARGV: call id, connection id ("" any), 1 when it is certain. Returns 1 when the media are marked lost.</summary>
    public static readonly Script LoseMedia = new("""
        local call = KEYS[1]
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state == nil or state >= 3 then return 0 end
        if ARGV[2] ~= '' and redis.call('HGET', call, 'connection') ~= ARGV[2] then return 0 end
        if redis.call('HGET', call, 'media') == '1' then redis.call('HSET', call, 'media', '0') end
        redis.call('HSETNX', call, 'lost', int(now))
        if ARGV[3] == '1' then redis.call('HSET', call, 'lost_certain', '1') end
        redis.call('ZADD', KEYS[2], 'NX', int(now), ARGV[1])
        redis.call('PEXPIRE', KEYS[2], '3600000')
        return 1
        """);

    /// <summary>KEYS: recovery. ARGV: owner, lease in ms. Returns 1 when the owner has the lease now.</summary>
    public static readonly Script LeaseRecovery = new("""
        local owner = redis.call('GET', KEYS[1])
        if owner and owner ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """);

    /// <summary>KEYS: recovery. ARGV: owner.</summary>
    public static readonly Script ReleaseRecovery = new("""
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        return 1
        """);

    /// <summary>
    /// KEYS: a list of the call (timeline, turns), call. ARGV: how many to keep, ms to keep it while the call lives, ms after, 1 to replace all,
    /// then the entries.
    /// </summary>
    public static readonly Script Append = new("""
        if ARGV[4] == '1' then redis.call('DEL', KEYS[1]) end
        for i = 5, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
        redis.call('LTRIM', KEYS[1], '-' .. ARGV[1], '-1')
        local state = tonumber(redis.call('HGET', KEYS[2], 'state') or nil)
        local over = state ~= nil and state >= 3
        redis.call('PEXPIRE', KEYS[1], over and ARGV[3] or ARGV[2])
        return 1
        """);
}
