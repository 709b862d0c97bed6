using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Admission;

/// <summary>The steps of admission: capacity and Voice Live budget are looked at and taken in one.</summary>
internal static class AdmissionScripts
{
    // What has lapsed counts no more. Needs reservations, reserved, waiting, waiting_at, replicas.
    private const string Lapse = """
        for _, lapsed in ipairs(redis.call('ZRANGEBYSCORE', reservations, '-inf', int(now))) do
            redis.call('ZREM', reservations, lapsed)
            redis.call('HDEL', reserved, lapsed)
        end
        for _, lapsed in ipairs(redis.call('ZRANGEBYSCORE', waiting, '-inf', int(micros - 30000000))) do
            redis.call('ZREM', waiting, lapsed)
            redis.call('HDEL', waiting_at, lapsed)
        end
        redis.call('ZREMRANGEBYSCORE', replicas, '-inf', int(now - 5000))
        local here, replica_count = {}, 0
        local seen = redis.call('ZRANGEBYSCORE', replicas, '-inf', '+inf', 'WITHSCORES')
        for i = 1, #seen, 2 do
            replica_count = replica_count + 1
            if tonumber(seen[i + 1]) > now - 3000 then here[seen[i]] = true end
        end

        """;

    // The gateways: their capacity, what they have, and those whose keys the caller has not given. Needs gateways, capacities, calls_of.
    private const string Count = """
        local capacity, active, living, missing = 0, 0, {}, false
        local known = redis.call('ZRANGEBYSCORE', gateways, '(' .. int(now - 15000), '+inf', 'WITHSCORES')
        local ids = {}
        for i = 1, #known, 2 do
            local id = known[i]
            ids[#ids + 1] = id
            if not calls_of[id] then missing = true
            else active = active + math.max(0, redis.call('HLEN', calls_of[id]) - 1) end
            if tonumber(known[i + 1]) > now - 5000 then
                local takes = tonumber(redis.call('HGET', capacities, id) or nil) or 0
                if takes > 0 then
                    capacity = capacity + takes
                    living[#living + 1] = id
                end
            end
        end

        """;

    /// <summary>
    /// Puts calls of a replica in the queue and grants what is free, to whoever is first, whoever's they are. A script may only touch keys that it was given, so the caller
    /// names gateways and endpoints, and is told when it does not know them all: -1, the gateways, the endpoints. Otherwise returns 1, what those wait for that were not admitted, how
    /// many of other replicas were, and for each call "+" and the endpoint, or "". <c>more</c>: calls of each gateway, then connects of each endpoint;
    /// <c>lists</c>: gateway ids, endpoint names, call ids.
    /// </summary>
    public static readonly Script Ask = new(
        "gateways capacities endpoints reservations reserved waiting waiting_at replicas settling more...",
        "replica headroom reserve gateway_count endpoint_count lists...",
        """
        local n, m = tonumber(gateway_count), tonumber(endpoint_count)
        local calls_of, connects_of, asked = {}, {}, rest(lists, n + m + 1)
        for i = 1, n do calls_of[lists[i]] = more[i] end
        for i = 1, m do connects_of[lists[n + i]] = more[n + i] end

        """ + Count + """
        local budgets, names = {}, {}
        for _, id in ipairs(living) do
            for budget, healthy, name in string.gmatch(redis.call('HGET', endpoints, id) or '', '(%d+) (%d) ([^\n]+)') do
                local endpoint = budgets[name]
                if not endpoint then
                    endpoint = { budget = 0, healthy = false }
                    budgets[name] = endpoint
                    names[#names + 1] = name
                    if not connects_of[name] then missing = true end
                end
                endpoint.budget = math.max(endpoint.budget, tonumber(budget))
                -- one gateway that reaches it is enough: the others say for themselves where they go
                endpoint.healthy = endpoint.healthy or healthy == '1'
            end
        end
        if missing then return { -1, ids, names } end
        table.sort(names)

        redis.call('ZADD', replicas, int(now), replica)
        redis.call('PEXPIRE', replicas, '5000')

        """ + Lapse + """
        for i, id in ipairs(asked) do
            if redis.call('ZSCORE', reservations, id) then redis.call('ZADD', reservations, int(now + 30000), id)
            else
                redis.call('ZADD', waiting, 'NX', int(micros + i), id)
                redis.call('HSET', waiting_at, id, replica)
            end
        end
        redis.call('PEXPIRE', waiting, '30000')
        redis.call('PEXPIRE', waiting_at, '30000')

        -- a hair more, for shares that binary fractions miss
        local limit = math.max(1, math.floor(capacity * (1 - tonumber(headroom)) + 0.000001))
        local free = capacity < 1 and 0 or limit - active - redis.call('ZCARD', reservations)
        local function best()
            local found, most = nil, 0
            for _, name in ipairs(names) do
                local left = budgets[name].left
                if left > most then found, most = name, left end
            end
            return found
        end
        local why, of_others = '', 0
        if redis.call('EXISTS', settling) == 1 then why = 'Settling'
        elseif capacity < 1 then why = 'NoGateway'
        elseif free < 1 then why = 'Capacity'
        else
            for _, name in ipairs(names) do
                local endpoint = budgets[name]
                redis.call('ZREMRANGEBYSCORE', connects_of[name], '-inf', int(now - 60000))
                endpoint.left = endpoint.healthy and endpoint.budget >= 1
                    and math.max(1, math.floor(endpoint.budget * (1 - tonumber(reserve)) + 0.000001)) - redis.call('ZCARD', connects_of[name]) or 0
            end
            local endpoint, passed = best(), 0
            why = endpoint and 'Queue' or 'VoiceLive'
            while endpoint and free > 0 do
                local page = redis.call('ZRANGE', waiting, int(passed), int(passed + 99))
                if #page == 0 then break end
                for _, id in ipairs(page) do
                    local at = redis.call('HGET', waiting_at, id)
                    -- whose replica is gone keeps the place, but nobody waits for it
                    if not at or not here[at] then passed = passed + 1
                    else
                        redis.call('ZREM', waiting, id)
                        redis.call('HDEL', waiting_at, id)
                        redis.call('ZADD', reservations, int(now + 30000), id)
                        redis.call('HSET', reserved, id, endpoint)
                        redis.call('ZADD', connects_of[endpoint], int(now), id)
                        redis.call('PEXPIRE', connects_of[endpoint], '60000')
                        budgets[endpoint].left = budgets[endpoint].left - 1
                        free = free - 1
                        if at ~= replica then of_others = of_others + 1 end
                        endpoint = best()
                        if not endpoint or free < 1 then break end
                    end
                end
            end
        end
        redis.call('PEXPIRE', reservations, '30000')
        redis.call('PEXPIRE', reserved, '30000')

        local granted = {}
        for i, id in ipairs(asked) do
            granted[i] = redis.call('ZSCORE', reservations, id) and '+' .. (redis.call('HGET', reserved, id) or '') or ''
        end
        return { 1, why, of_others, granted }
        """);

    /// <summary>Returns 1 when there was something to give back, and the endpoint that was reserved, or "".</summary>
    public static readonly Script Cancel = new("reservations reserved waiting waiting_at", "id", """
        local endpoint = redis.call('HGET', reserved, id)
        redis.call('HDEL', reserved, id)
        redis.call('HDEL', waiting_at, id)
        return { redis.call('ZREM', reservations, id) + redis.call('ZREM', waiting, id), endpoint or '' }
        """);

    /// <summary>
    /// As <see cref="Ask"/> where not all gateways are known; otherwise 1, active, reserved, waiting, capacity, 1 when settling, replicas. A <c>replica</c> that is not "" says
    /// that it is here.
    /// </summary>
    public static readonly Script Load = new(
        "gateways capacities reservations reserved waiting waiting_at replicas settling more...", "replica lists...",
        """
        local calls_of = {}
        for i, id in ipairs(lists) do calls_of[id] = more[i] end

        """ + Count + """
        if missing then return { -1, ids, {} } end
        if replica ~= '' then
            redis.call('ZADD', replicas, int(now), replica)
            redis.call('PEXPIRE', replicas, '5000')
        end

        """ + Lapse + """
        local wait = 0
        for _, at in ipairs(redis.call('HVALS', waiting_at)) do
            if here[at] then wait = wait + 1 end
        end
        return { 1, active, redis.call('ZCARD', reservations), wait, int(capacity), redis.call('EXISTS', settling), replica_count }
        """);

    /// <summary>Returns 1 when a connect was taken.</summary>
    public static readonly Script TakeVoiceLive = new("connects", "budget connect", """
        redis.call('ZREMRANGEBYSCORE', connects, '-inf', int(now - 60000))
        if redis.call('ZCARD', connects) >= tonumber(budget) then return 0 end
        redis.call('ZADD', connects, int(now), connect)
        redis.call('PEXPIRE', connects, '60000')
        return 1
        """);
}
