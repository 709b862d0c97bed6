using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Gateways;

/// <summary>The steps on gateways.</summary>
internal static class GatewayScripts
{
    /// <summary>
    /// KEYS: gateways, gateway, orders, connections, connection, since, settling. ARGV: gateway id, heartbeat JSON, 1 when draining, 1 when this is not its first.
    /// Drops what has lapsed. Returns the time, and the order that is not obeyed yet, or "".
    /// </summary>
    public static readonly Script Heartbeat = new("""
        redis.call('SET', KEYS[6], int(now), 'NX')
        redis.call('PEXPIRE', KEYS[6], '15000')
        local left = tonumber(redis.call('GET', KEYS[6])) + 5000 - now
        if ARGV[4] == '1' and left > 0 and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
            -- It was here before there was anybody: Redis was emptied. The others come back within a second or two, and until then what they have
            -- would look free.
            redis.call('SET', KEYS[7], ARGV[1], 'PX', int(math.min(math.ceil(left), 5000)))
        end
        redis.call('ZADD', KEYS[1], int(now), ARGV[1])
        redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
        for _, dead in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', int(now - 15000))) do
            redis.call('ZREM', KEYS[1], dead)
            redis.call('HDEL', KEYS[2], dead)
            redis.call('HDEL', KEYS[3], dead)
        end
        for _, lapsed in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', int(now))) do
            redis.call('ZREM', KEYS[4], lapsed)
            redis.call('HDEL', KEYS[5], lapsed)
        end
        for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], '15000') end
        local order = redis.call('HGET', KEYS[3], ARGV[1])
        if order and (order == 'Drain') == (ARGV[3] == '1') then
            redis.call('HDEL', KEYS[3], ARGV[1])
            order = nil
        end
        return { int(now), order or '' }
        """);

    /// <summary>
    /// KEYS: connections, calls, connection, then a call for each connection. ARGV: for each connection its id and its call's. Renews those that Redis knows just
    /// as they are, which is nearly always all, in a few steps each; a script keeps everybody else waiting. Returns the places of the others,
    /// from 1, for <see cref="Connections"/>.
    /// </summary>
    public static readonly Script Renew = new("""
        local unpack = unpack or table.unpack
        local doubtful, connections, calls = {}, {}, {}
        local second = math.floor(now / 1000)
        for i = 1, #KEYS - 3 do
            local call, connection = KEYS[i + 3], ARGV[2 * i - 1]
            local known = redis.call('HMGET', call, 'connection', 'media', 'state')
            if known[1] == connection and known[2] == '1' and known[3] and tonumber(known[3]) < 3 and redis.call('ZSCORE', KEYS[1], connection) then
                connections[#connections + 1] = int(now + 15000)
                connections[#connections + 1] = connection
                calls[#calls + 1] = int(now)
                calls[#calls + 1] = ARGV[2 * i]
                -- it lasts an hour: once a minute is enough, each in another second
                if (second + i) % 60 == 0 then redis.call('PEXPIRE', call, '3600000') end
            else
                doubtful[#doubtful + 1] = i
            end
        end
        if #connections > 0 then
            redis.call('ZADD', KEYS[1], unpack(connections))
            redis.call('ZADD', KEYS[2], unpack(calls))
        end
        redis.call('PEXPIRE', KEYS[1], '15000')
        redis.call('PEXPIRE', KEYS[3], '15000')
        redis.call('PEXPIRE', KEYS[2], '3600000')
        return doubtful
        """);

    /// <summary>
    /// KEYS: connections, connection, reservations, reservation, calls, medialost, then a call for each connection. ARGV: gateway id, then for each
    /// connection: its id, call id, generation, type, correlation id, caller, agent, connected at (ms), JSON. Returns the ids of those overtaken, and of
    /// those that were not known.
    /// </summary>
    public static readonly Script Connections = new("""
        local overtaken, unknown = {}, {}
        for i = 7, #KEYS do
            local call, at = KEYS[i], 2 + (i - 7) * 9
            local connection, id, mine = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
            local state = tonumber(redis.call('HGET', call, 'state') or nil)
            local current = redis.call('HGET', call, 'connection')
            local theirs = tonumber(redis.call('HGET', call, 'generation') or '0')
            if redis.call('HGET', call, 'left') == connection then
                -- Unregistered while this was on its way: brought back, it would take a slot for 15 s.
            elseif current and current ~= connection and theirs >= mine then
                overtaken[#overtaken + 1] = connection
                redis.call('ZREM', KEYS[1], connection)
                redis.call('HDEL', KEYS[2], connection)
            else
                if not current then unknown[#unknown + 1] = connection end
                if state == nil then
                    -- Redis was emptied: what a gateway knows of the call is back, the generation never falls
                    redis.call('HSET', call, 'created', ARGV[at + 7], 'state', '2', 'connected', ARGV[at + 7],
                        'type', ARGV[at + 3], 'correlation', ARGV[at + 4], 'from', ARGV[at + 5])
                    if ARGV[at + 6] ~= '' then redis.call('HSET', call, 'agent', ARGV[at + 6]) end
                    state = 2
                end
                if current and current ~= connection then
                    redis.call('ZREM', KEYS[1], current)
                    redis.call('HDEL', KEYS[2], current)
                end
                if state < 3 then
                    if current ~= connection or theirs < mine then
                        redis.call('HSET', call, 'generation', int(math.max(mine, theirs)), 'connection', connection, 'gateway', ARGV[1], 'media', '1')
                        redis.call('HDEL', call, 'lost', 'lost_certain')
                        redis.call('ZREM', KEYS[6], id)
                    elseif redis.call('HGET', call, 'media') ~= '1' and redis.call('HGET', call, 'lost_certain') ~= '1' then
                        -- the gateway only seemed dead
                        redis.call('HSET', call, 'media', '1')
                        redis.call('HDEL', call, 'lost')
                        redis.call('ZREM', KEYS[6], id)
                    end
                    redis.call('ZADD', KEYS[5], int(now), id)
                    redis.call('PEXPIRE', call, '3600000')
                end
                redis.call('ZADD', KEYS[1], int(now + 15000), connection)
                redis.call('HSET', KEYS[2], connection, ARGV[at + 2] .. ' ' .. ARGV[at + 8])
                redis.call('ZREM', KEYS[3], id)
                redis.call('HDEL', KEYS[4], id)
            end
        end
        redis.call('PEXPIRE', KEYS[1], '15000')
        redis.call('PEXPIRE', KEYS[2], '15000')
        redis.call('PEXPIRE', KEYS[5], '3600000')
        return {overtaken, unknown}
        """);

    /// <summary>KEYS: gateways, gateway, orders. ARGV: gateway id.</summary>
    public static readonly Script Leave = new("""
        redis.call('ZREM', KEYS[1], ARGV[1])
        redis.call('HDEL', KEYS[2], ARGV[1])
        redis.call('HDEL', KEYS[3], ARGV[1])
        return 1
        """);

    /// <summary>KEYS: gateways, gateway. Returns the time, then age in ms and heartbeat JSON of each gateway heard of in the last 15 s.</summary>
    public static readonly Script List = new("""
        local out = { int(now) }
        local entries = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. int(now - 15000), '+inf', 'WITHSCORES')
        for i = 1, #entries, 2 do
            local json = redis.call('HGET', KEYS[2], entries[i])
            if json then
                out[#out + 1] = int(math.max(0, now - tonumber(entries[i + 1])))
                out[#out + 1] = json
            end
        end
        return out
        """);

    /// <summary>KEYS: orders. ARGV: gateway id, order or "".</summary>
    public static readonly Script Order = new("""
        if ARGV[2] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
        else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
        redis.call('PEXPIRE', KEYS[1], '15000')
        return 1
        """);
}
