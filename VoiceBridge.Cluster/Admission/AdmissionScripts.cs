using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>The steps of admission: capacity and Voice Live budget are looked at and taken in one.</summary>
internal static class AdmissionScripts
{
    // Capacity of living gateways that take calls, and the Voice Live endpoints that they announce. KEYS[1] gateways, KEYS[2] gateway.
    private const string Gateways = """
        local capacity, endpoints, names = 0, {}, {}
        for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. int(now - 5000), '+inf')) do
            local json = redis.call('HGET', KEYS[2], id)
            local gateway = json and cjson.decode(json)
            if gateway and not gateway.draining then
                capacity = capacity + gateway.capacity
                for _, endpoint in ipairs(gateway.endpoints or {}) do
                    local known = endpoints[endpoint.name]
                    if not known then
                        known = { budget = 0, healthy = false, used = 0 }
                        endpoints[endpoint.name] = known
                        names[#names + 1] = endpoint.name
                    end
                    known.budget = math.max(known.budget, endpoint.connectionsPerMinute)
                    -- one gateway that reaches it is enough: the others say for themselves where they go
                    known.healthy = known.healthy or endpoint.healthy
                end
            end
        end
        table.sort(names)

        """;

    // What has lapsed counts no more. KEYS[4] reservations, KEYS[5] reservation, KEYS[6] waiting, KEYS[7] asking.
    private const string Lapse = """
        for _, lapsed in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', int(now))) do
            redis.call('ZREM', KEYS[4], lapsed)
            redis.call('HDEL', KEYS[5], lapsed)
        end
        redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', int(micros - 30000000))
        redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', int(now - 3000))

        """;

    /// <summary>
    /// KEYS: gateways, gateway, connections, reservations, reservation, waiting, asking, voicelive, call, settling. ARGV: call id, headroom, recovery reserve.
    /// Returns 1 when admitted, the endpoint, what it waits for, its place in the queue.
    /// </summary>
    public static readonly Script Reserve = new(Lapse + """
        local id = ARGV[1]
        if redis.call('ZSCORE', KEYS[4], id) then
            redis.call('ZADD', KEYS[4], int(now + 30000), id)
            redis.call('PEXPIRE', KEYS[4], '30000')
            redis.call('PEXPIRE', KEYS[5], '30000')
            return {1, redis.call('HGET', KEYS[5], id) or '', '', 0}
        end
        local connection = redis.call('HGET', KEYS[9], 'connection')
        if connection and tonumber(redis.call('ZSCORE', KEYS[3], connection) or '0') > now then return {1, '', '', 0} end

        redis.call('ZADD', KEYS[6], 'NX', int(micros), id)
        redis.call('ZADD', KEYS[7], int(now), id)
        redis.call('PEXPIRE', KEYS[6], '30000')
        redis.call('PEXPIRE', KEYS[7], '3000')
        local place = redis.call('ZRANK', KEYS[6], id)
        if redis.call('EXISTS', KEYS[10]) == 1 then return {0, '', 'Settling', place + 1} end

        """ + Gateways + """
        if capacity < 1 then return {0, '', 'NoGateway', place + 1} end
        -- a hair more, for shares that binary fractions miss
        local limit = math.max(1, math.floor(capacity * (1 - tonumber(ARGV[2])) + 0.000001))
        local used = redis.call('ZCOUNT', KEYS[3], '(' .. int(now), '+inf') + redis.call('ZCARD', KEYS[4])
        local free = limit - used
        if free < 1 then return {0, '', 'Capacity', place + 1} end

        redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', int(now - 60000))
        for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[8], '-inf', '+inf')) do
            local known = endpoints[string.match(member, '^(.*)/')]
            if known then known.used = known.used + 1 end
        end
        local best, most, granted = nil, 0, 0
        for _, name in ipairs(names) do
            local endpoint = endpoints[name]
            if endpoint.healthy and endpoint.budget >= 1 then
                local left = math.max(1, math.floor(endpoint.budget * (1 - tonumber(ARGV[3])) + 0.000001)) - endpoint.used
                granted = granted + math.max(0, left)
                if left > most then best, most = name, left end
            end
        end
        if not best then return {0, '', 'VoiceLive', place + 1} end
        free = math.min(free, granted)

        -- those who came before and still ask have the first right to what is free
        local ahead = 0
        if place > 0 then
            for _, other in ipairs(redis.call('ZRANGE', KEYS[6], '0', int(place - 1))) do
                if redis.call('ZSCORE', KEYS[7], other) then
                    ahead = ahead + 1
                    if ahead >= free then return {0, '', 'Queue', place + 1} end
                end
            end
        end

        redis.call('ZREM', KEYS[6], id)
        redis.call('ZREM', KEYS[7], id)
        redis.call('ZADD', KEYS[4], int(now + 30000), id)
        redis.call('HSET', KEYS[5], id, best)
        redis.call('ZADD', KEYS[8], int(now), best .. '/' .. id)
        redis.call('PEXPIRE', KEYS[4], '30000')
        redis.call('PEXPIRE', KEYS[5], '30000')
        redis.call('PEXPIRE', KEYS[8], '60000')
        return {1, best, '', 0}
        """);

    /// <summary>KEYS: reservations, reservation, waiting, asking, voicelive. ARGV: call id. Returns 1 when there was something to give back.</summary>
    public static readonly Script Cancel = new("""
        local id = ARGV[1]
        local endpoint = redis.call('HGET', KEYS[2], id)
        if endpoint then redis.call('ZREM', KEYS[5], endpoint .. '/' .. id) end
        redis.call('HDEL', KEYS[2], id)
        redis.call('ZREM', KEYS[4], id)
        return redis.call('ZREM', KEYS[1], id) + redis.call('ZREM', KEYS[3], id)
        """);

    /// <summary>KEYS: gateways, gateway, connections, reservations, reservation, waiting, asking, settling. Returns active, reserved, waiting, capacity, 1 when settling.</summary>
    public static readonly Script Load = new(Lapse + Gateways + """
        return {
            redis.call('ZCOUNT', KEYS[3], '(' .. int(now), '+inf'), redis.call('ZCARD', KEYS[4]), redis.call('ZCARD', KEYS[7]), int(capacity),
            redis.call('EXISTS', KEYS[8])
        }
        """);

    /// <summary>KEYS: voicelive. ARGV: endpoint, budget per minute, name of the connect. Returns 1 when it was taken.</summary>
    public static readonly Script TakeVoiceLive = new("""
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', int(now - 60000))
        local used = 0
        for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf')) do
            if string.match(member, '^(.*)/') == ARGV[1] then used = used + 1 end
        end
        if used >= tonumber(ARGV[2]) then return 0 end
        redis.call('ZADD', KEYS[1], int(now), ARGV[1] .. '/' .. ARGV[3])
        redis.call('PEXPIRE', KEYS[1], '60000')
        return 1
        """);
}
