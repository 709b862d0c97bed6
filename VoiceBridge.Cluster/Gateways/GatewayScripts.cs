using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Gateways;

/// <summary>The steps on gateways.</summary>
internal static class GatewayScripts
{
    // What a gateway had is to be looked at, and keeps its slot for as long as that may take. Needs theirs, reservations, due, owners.
    private const string Abandon = DueScripts.Schedule + """
        local function abandon()
            local abandoned = 0
            for _, call in ipairs(redis.call('HKEYS', theirs)) do
                if call ~= '#' then
                    abandoned = abandoned + 1
                    redis.call('ZADD', reservations, int(now + 15000), call)
                    schedule(call, now)
                end
            end
            redis.call('PEXPIRE', reservations, '30000')
            redis.call('DEL', theirs)
            return abandoned
        end

        """;

    /// <summary>
    /// Renews everything of a gateway, and drops what others have left behind. <c>again</c>: this is not its first; <c>announced</c>: its connections were written just now.
    /// Returns the time, the order that is not obeyed yet or "", 1 when its connections are known just as they are (by number and sum), and what is new for the log: "started",
    /// "returned" (it was taken for dead), "emptied" (Redis was, and this is the first gateway to see it) or "".
    /// </summary>
    public static readonly Script Heartbeat = new(
        "gateways details capacities endpoints orders since settling mine dead known_since",
        "id json capacity endpoint_lines draining again announced count sum",
        ConnectionScripts.Carry + """
        redis.call('SET', since, int(now), 'NX')
        redis.call('PEXPIRE', since, '15000')
        local known = redis.call('HEXISTS', details, id) == 1
        local left = tonumber(redis.call('GET', since)) + 5000 - now
        if again == '1' and left > 0 and not known then
            -- It was here before there was anybody: Redis was emptied. The others come back within a second or two, and until then what they have
            -- would look free.
            redis.call('SET', settling, id, 'PX', int(math.min(math.ceil(left), 5000)))
        end
        local same = size(mine) == tonumber(count) and (redis.call('HGET', mine, '#') or '0') == sum
        -- Known before its connections, it would look empty, and calls would be let in that nobody has room for.
        if not same and not known and announced == '0' then return { int(now), '', 0, '' } end

        local news = ''
        if redis.call('HDEL', dead, id) == 1 then news = 'returned'
        elseif again == '0' and not known then news = 'started' end
        if redis.call('SET', known_since, int(now), 'NX') and again == '1' then news = 'emptied' end
        redis.call('PEXPIRE', known_since, '90000000')

        redis.call('ZADD', gateways, int(now), id)
        redis.call('HSET', details, id, json)
        redis.call('HSET', capacities, id, capacity)
        redis.call('HSET', endpoints, id, endpoint_lines)
        redis.call('PEXPIRE', mine, '15000')
        for _, dead in ipairs(redis.call('ZRANGEBYSCORE', gateways, '-inf', int(now - 15000))) do
            redis.call('ZREM', gateways, dead)
            for _, hash in ipairs({ details, capacities, endpoints, orders }) do redis.call('HDEL', hash, dead) end
        end
        for _, key in ipairs({ gateways, details, capacities, endpoints, orders }) do redis.call('PEXPIRE', key, '15000') end
        local order = redis.call('HGET', orders, id)
        if order and (order == 'Drain') == (draining == '1') then
            redis.call('HDEL', orders, id)
            order = nil
        end
        return { int(now), order or '', same and 1 or 0, news }
        """);

    /// <summary>Takes a gateway out of the cluster; what it still has is due. Returns how many calls.</summary>
    public static readonly Script Leave = new("gateways details capacities endpoints orders theirs reservations due owners", "id", Abandon + """
        redis.call('ZREM', gateways, id)
        for _, hash in ipairs({ details, capacities, endpoints, orders }) do redis.call('HDEL', hash, id) end
        return abandon()
        """);

    /// <summary>The calls of a dead gateway are due. Returns how many.</summary>
    public static readonly Script AbandonCalls = new("theirs reservations due owners", "", Abandon + """
        return abandon()
        """);

    /// <summary>
    /// Writes down that a gateway is dead, with when it was last heard of and what it had, once for each death. Its calls are looked at when its connections have lapsed (the
    /// latest may be younger than its last heartbeat), if not before. Returns when it was heard of and the entry; -1 when it is known, or nothing is known of the gateway.
    /// </summary>
    public static readonly Script RecordDeath = new("gateways details theirs dead due owners", "id", DueScripts.Schedule + """
        local heard, json = redis.call('ZSCORE', gateways, id), redis.call('HGET', details, id)
        if not heard or not json or now - tonumber(heard) < 5000 or redis.call('HEXISTS', dead, id) == 1 then return { -1, '' } end
        local calls = math.max(0, redis.call('HLEN', theirs) - 1)
        for _, other in ipairs(redis.call('HKEYS', dead)) do
            local died = tonumber(string.match(redis.call('HGET', dead, other), '^(%d+)'))
            if now - died > 3600000 then redis.call('HDEL', dead, other) end
        end
        local lapsed = now + math.max(0, redis.call('PTTL', theirs)) + 500
        for _, call in ipairs(redis.call('HKEYS', theirs)) do
            local at = call ~= '#' and redis.call('ZSCORE', due, call)
            if at and tonumber(at) > lapsed then schedule(call, lapsed) end
        end
        local entry = int(tonumber(heard)) .. ' ' .. int(calls) .. ' ' .. json
        redis.call('HSET', dead, id, entry)
        redis.call('PEXPIRE', dead, '3600000')
        return { int(tonumber(heard)), entry }
        """);

    /// <summary>Returns the time, then age in ms and heartbeat JSON of each gateway heard of in the last 15 s.</summary>
    public static readonly Script List = new("gateways details", "", """
        local out = { int(now) }
        local entries = redis.call('ZRANGEBYSCORE', gateways, '(' .. int(now - 15000), '+inf', 'WITHSCORES')
        for i = 1, #entries, 2 do
            local json = redis.call('HGET', details, entries[i])
            if json then
                out[#out + 1] = int(math.max(0, now - tonumber(entries[i + 1])))
                out[#out + 1] = json
            end
        end
        return out
        """);

    /// <summary>Leaves an order, or ("") takes it back.</summary>
    public static readonly Script Order = new("orders", "id order", """
        if order == '' then redis.call('HDEL', orders, id)
        else redis.call('HSET', orders, id, order) end
        redis.call('PEXPIRE', orders, '15000')
        return 1
        """);
}
