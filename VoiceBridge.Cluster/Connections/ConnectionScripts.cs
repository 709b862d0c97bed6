using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Connections;

/// <summary>The steps on connections. A call's generation is in its record: the highest belongs to the current media socket.</summary>
internal static class ConnectionScripts
{
    /// <summary>
    /// On the hash of a gateway's calls: an entry is "hash connection added generation JSON", and "#" holds the sum of the hashes, by which the gateway's heartbeat
    /// sees in one look whether both know the same.
    /// </summary>
    public const string Carry = """
        local function size(key) return math.max(0, redis.call('HLEN', key) - 1) end
        local function drop(key, id, connection)
            local was = redis.call('HGET', key, id)
            if not was then return false end
            local hash, known = string.match(was, '^(%d+) (%S+) ')
            if connection and known ~= connection then return false end
            redis.call('HDEL', key, id)
            redis.call('HINCRBY', key, '#', '-' .. hash)
            return true
        end
        local function put(key, id, hash, connection, generation, json)
            drop(key, id)
            redis.call('HSET', key, id, hash .. ' ' .. connection .. ' ' .. int(now) .. ' ' .. generation .. ' ' .. json)
            redis.call('HINCRBY', key, '#', hash)
            redis.call('PEXPIRE', key, '15000')
        end

        """;

    /// <summary>Returns generation (0: the call is over), endpoint or "", 1 when there was media before, gateway and id of the connection before, or "", and when the call was answered, or "".</summary>
    public static readonly Script Register = new(
        "mine gateways reservations reserved waiting waiting_at calls due owners call",
        "connection id gateway type correlation caller agent hash json",
        DueScripts.Schedule + Carry + """
        local known = redis.call('HMGET', call, 'state', 'generation', 'connection', 'gateway')
        local state, generation, before = tonumber(known[1] or nil), tonumber(known[2] or nil), known[3]
        if state ~= nil and state >= 3 then return {0, '', 0, '', '', ''} end
        local resumed = generation ~= nil
        if generation == nil then
            -- A telephone call that Redis does not know has lost its record, and the generation with it. The clock is ahead of any that it can have
            -- had, so that an earlier socket, announced again, does not overtake this one.
            generation = (state == nil and type ~= 'web') and math.floor(now / 1000) - 1 or 0
        end
        generation = generation + 1

        if before and before ~= connection then redis.call('HINCRBY', call, 'moves', '1') else before = nil end
        if state == nil then redis.call('HSET', call, 'created', int(now), 'state', '2', 'connected', int(now)) end
        redis.call('HSET', call, 'generation', int(generation), 'connection', connection, 'gateway', gateway, 'media', '1')
        redis.call('HDEL', call, 'lost', 'lost_certain')
        redis.call('HSETNX', call, 'type', type)
        redis.call('HSETNX', call, 'correlation', correlation)
        redis.call('HSETNX', call, 'from', caller)
        if agent ~= '' then redis.call('HSETNX', call, 'agent', agent) end
        redis.call('PEXPIRE', call, '3600000')
        redis.call('ZADD', calls, int(now), id)
        redis.call('PEXPIRE', calls, '3600000')
        schedule(id, next_look(call))

        put(mine, id, hash, connection, int(generation), json)
        -- a gateway whose first heartbeat is yet to come: its calls count
        redis.call('ZADD', gateways, 'NX', int(now), gateway)
        redis.call('PEXPIRE', gateways, '15000')

        local endpoint = redis.call('HGET', reserved, id)
        redis.call('ZREM', reservations, id)
        redis.call('HDEL', reserved, id)
        redis.call('ZREM', waiting, id)
        redis.call('HDEL', waiting_at, id)
        return {int(generation), endpoint or '', resumed and 1 or 0, before and known[4] or '', before or '', redis.call('HGET', call, 'answered') or ''}
        """);

    /// <summary>Returns 1 when it was the call's current one.</summary>
    public static readonly Script Unregister = new("mine calls due owners call", "connection id", DueScripts.Schedule + Carry + """
        drop(mine, id, connection)
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state == nil or redis.call('HGET', call, 'connection') ~= connection then return 0 end
        redis.call('HSET', call, 'left', connection)
        if state >= 3 then return 1 end
        redis.call('PEXPIRE', call, '3600000')
        if redis.call('HGET', call, 'media') == '1' then redis.call('HSET', call, 'media', '0') end
        redis.call('HSETNX', call, 'lost', int(now))
        redis.call('HSET', call, 'lost_certain', '1')
        redis.call('ZADD', calls, int(now), id)
        schedule(id, next_look(call))
        return 1
        """);

    /// <summary>Takes a connection out of a gateway's that the call has left. Its heartbeat learns of it then.</summary>
    public static readonly Script Overtake = new("theirs", "id connection", Carry + """
        return drop(theirs, id, connection) and 1 or 0
        """);

    /// <summary>
    /// Writes what a gateway has where that is not known. For each of <c>records</c> ten entries: connection, call id, generation, type, correlation id, caller, agent,
    /// connected at (ms), hash, JSON. Returns the ids of those overtaken, of those that were not known, and gateway, call and connection of those to overtake.
    /// </summary>
    public static readonly Script Announce = new("mine reservations reserved calls due owners records...", "gateway entries...", DueScripts.Schedule + Carry + """
        local overtaken, unknown, elsewhere = {}, {}, {}
        for i, call in ipairs(records) do
            local at = (i - 1) * 10
            local connection, id, generation = entries[at + 1], entries[at + 2], tonumber(entries[at + 3])
            local known = redis.call('HMGET', call, 'state', 'connection', 'generation', 'left', 'media', 'lost_certain', 'gateway')
            local state, current, theirs = tonumber(known[1] or nil), known[2], tonumber(known[3] or '0')
            if known[4] == connection then
                -- Unregistered while this was on its way: brought back, it would take a slot.
                drop(mine, id, connection)
            elseif current and current ~= connection and theirs >= generation then
                overtaken[#overtaken + 1] = connection
                drop(mine, id, connection)
            else
                if not current then unknown[#unknown + 1] = connection end
                if state == nil then
                    -- Redis was emptied: what a gateway knows of the call is back, the generation never falls
                    redis.call('HSET', call, 'created', entries[at + 8], 'state', '2', 'connected', entries[at + 8],
                        'type', entries[at + 4], 'correlation', entries[at + 5], 'from', entries[at + 6])
                    if entries[at + 7] ~= '' then redis.call('HSET', call, 'agent', entries[at + 7]) end
                    state = 2
                end
                if current and current ~= connection and known[7] and known[7] ~= gateway then
                    elsewhere[#elsewhere + 1] = known[7]
                    elsewhere[#elsewhere + 1] = id
                    elsewhere[#elsewhere + 1] = current
                end
                if state < 3 then
                    if current ~= connection or theirs < generation then
                        redis.call('HSET', call, 'generation', int(math.max(generation, theirs)), 'connection', connection, 'gateway', gateway, 'media', '1')
                        redis.call('HDEL', call, 'lost', 'lost_certain')
                    elseif known[5] ~= '1' and known[6] ~= '1' then
                        -- the gateway only seemed dead
                        redis.call('HSET', call, 'media', '1')
                        redis.call('HDEL', call, 'lost')
                    end
                    redis.call('ZADD', calls, int(now), id)
                    redis.call('PEXPIRE', call, '3600000')
                    schedule(id, next_look(call))
                end
                put(mine, id, entries[at + 9], connection, entries[at + 3], entries[at + 10])
                redis.call('ZREM', reservations, id)
                redis.call('HDEL', reserved, id)
            end
        end
        redis.call('PEXPIRE', calls, '3600000')
        return {overtaken, unknown, elsewhere}
        """);

    /// <summary>
    /// A gateway has only these calls (ids); others that it had for 5 s and more have ended while nobody could be told: they are due. Younger ones may have come while this
    /// was on its way.
    /// </summary>
    public static readonly Script Reconcile = new("mine due owners", "ids...", DueScripts.Schedule + Carry + """
        local has, sum = {}, 0
        for _, id in ipairs(ids) do has[id] = true end
        local known = redis.call('HGETALL', mine)
        for i = 1, #known, 2 do
            local id = known[i]
            local hash, added = string.match(known[i + 1], '^(%d+) %S+ (%d+) ')
            if hash and not has[id] and tonumber(added) < now - 5000 then
                redis.call('HDEL', mine, id)
                schedule(id, now)
            elseif hash then
                sum = sum + tonumber(hash)
            end
        end
        -- added up anew: should it ever be wrong, it is right from here on
        if #known > 0 then redis.call('HSET', mine, '#', int(sum)) end
        return 1
        """);
}
