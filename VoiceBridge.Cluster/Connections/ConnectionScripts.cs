using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Connections;

/// <summary>The steps on connections. A call's generation is in its record: the highest belongs to the current media socket.</summary>
internal static class ConnectionScripts
{
    /// <summary>
    /// KEYS: connections, connection, reservations, reservation, waiting, asking, calls, medialost, call. ARGV: connection id, call id,
    /// gateway id, type, correlation id, caller, agent, JSON. Returns generation (0: the call is over), endpoint or "", 1 when there was media before.
    /// </summary>
    public static readonly Script Register = new("""
        local call, connection, id = KEYS[9], ARGV[1], ARGV[2]
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state ~= nil and state >= 3 then return {0, '', 0} end
        local generation = tonumber(redis.call('HGET', call, 'generation') or nil)
        local before = redis.call('HGET', call, 'connection')
        local resumed = generation ~= nil
        if generation == nil then
            -- A telephone call that Redis does not know has lost its record, and the generation with it. The clock is ahead of any that it can have
            -- had, so that an earlier socket, announced again, does not overtake this one.
            generation = (state == nil and ARGV[4] == 'acs') and math.floor(now / 1000) - 1 or 0
        end
        generation = generation + 1

        if before and before ~= connection then
            redis.call('ZREM', KEYS[1], before)
            redis.call('HDEL', KEYS[2], before)
            redis.call('HINCRBY', call, 'moves', '1')
        end
        if state == nil then redis.call('HSET', call, 'created', int(now), 'state', '2', 'connected', int(now)) end
        redis.call('HSET', call, 'generation', int(generation), 'connection', connection, 'gateway', ARGV[3], 'media', '1')
        redis.call('HDEL', call, 'lost', 'lost_certain')
        redis.call('HSETNX', call, 'type', ARGV[4])
        redis.call('HSETNX', call, 'correlation', ARGV[5])
        redis.call('HSETNX', call, 'from', ARGV[6])
        if ARGV[7] ~= '' then redis.call('HSETNX', call, 'agent', ARGV[7]) end
        redis.call('PEXPIRE', call, '3600000')
        redis.call('ZADD', KEYS[7], int(now), id)
        redis.call('PEXPIRE', KEYS[7], '3600000')
        redis.call('ZREM', KEYS[8], id)

        redis.call('ZADD', KEYS[1], int(now + 15000), connection)
        redis.call('HSET', KEYS[2], connection, int(generation) .. ' ' .. ARGV[8])
        redis.call('PEXPIRE', KEYS[1], '15000')
        redis.call('PEXPIRE', KEYS[2], '15000')

        local endpoint = redis.call('HGET', KEYS[4], id)
        redis.call('ZREM', KEYS[3], id)
        redis.call('HDEL', KEYS[4], id)
        redis.call('ZREM', KEYS[5], id)
        redis.call('ZREM', KEYS[6], id)
        return {int(generation), endpoint or '', resumed and 1 or 0}
        """);

    /// <summary>KEYS: connections, connection, calls, medialost, call, timeline. ARGV: connection id, call id, timeline entry. Returns 1 when it was the current one.</summary>
    public static readonly Script Unregister = new("""
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('HDEL', KEYS[2], ARGV[1])
        local call = KEYS[5]
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state == nil or redis.call('HGET', call, 'connection') ~= ARGV[1] then return 0 end
        redis.call('HSET', call, 'left', ARGV[1])
        redis.call('RPUSH', KEYS[6], ARGV[3])
        redis.call('PEXPIRE', KEYS[6], state >= 3 and '3600000' or '7200000')
        redis.call('PEXPIRE', call, '3600000')
        if state >= 3 then return 1 end
        if redis.call('HGET', call, 'media') == '1' then redis.call('HSET', call, 'media', '0') end
        redis.call('HSETNX', call, 'lost', int(now))
        redis.call('HSET', call, 'lost_certain', '1')
        redis.call('ZADD', KEYS[4], 'NX', int(now), ARGV[2])
        redis.call('PEXPIRE', KEYS[4], '3600000')
        redis.call('ZADD', KEYS[3], int(now), ARGV[2])
        return 1
        """);
}
