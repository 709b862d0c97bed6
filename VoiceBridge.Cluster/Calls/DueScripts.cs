using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The steps on the due queue.</summary>
internal static class DueScripts
{
    /// <summary>
    /// For scripts that change a call; needs <c>due</c> and <c>owners</c>. What somebody is looking after stays theirs: they see the change, or the queue does when
    /// they let go. <c>next_look</c> says when a call in such a state must be looked at.
    /// </summary>
    public const string Schedule = """
        local function owned(id)
            return redis.call('HGET', owners, id) and tonumber(redis.call('ZSCORE', due, id) or '0') > now
        end
        local function keep_queue()
            redis.call('PEXPIRE', due, '90000000')
            redis.call('PEXPIRE', owners, '90000000')
        end
        local function unschedule(id)
            redis.call('ZREM', due, id)
            redis.call('HDEL', owners, id)
        end
        local function schedule(id, at)
            if owned(id) then return end
            redis.call('HDEL', owners, id)
            redis.call('ZADD', due, int(at), id)
            keep_queue()
        end
        local function next_look(call)
            local known = redis.call('HMGET', call, 'state', 'lost', 'hangup')
            local state, lost = tonumber(known[1] or nil), tonumber(known[2] or nil)
            if state == nil then return nil end
            if known[3] then return now + 2000 end
            if state >= 3 then return nil end
            if lost then return math.max(now, lost + 1500) end
            if state == 0 then return now end
            if state == 1 then return now + 10000 end
            return now + 60000
        end

        """;

    /// <summary>Writes a ringing call and takes it. Returns 1 when it is the owner's now.</summary>
    public static readonly Script Claim = new("due owners call calls", "id owner lease fields...", Schedule + """
        local unpack = unpack or table.unpack
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state == nil then
            if owned(id) then return 0 end
            redis.call('HSET', call, 'state', '0', 'created', int(now), 'claimed', '1', unpack(fields))
            redis.call('PEXPIRE', call, '3600000')
            redis.call('ZADD', calls, int(now), id)
            redis.call('PEXPIRE', calls, '3600000')
        elseif state >= 2 or owned(id) or redis.call('HGET', call, 'call_connection') then
            return 0
        end
        redis.call('ZADD', due, int(now + tonumber(lease)), id)
        redis.call('HSET', owners, id, owner)
        keep_queue()
        return 1
        """);

    /// <summary>Takes what is due. Returns the call ids.</summary>
    public static readonly Script Take = new("due owners", "owner lease max", """
        local taken = redis.call('ZRANGEBYSCORE', due, '-inf', int(now), 'LIMIT', '0', max)
        for _, id in ipairs(taken) do
            redis.call('ZADD', due, int(now + tonumber(lease)), id)
            redis.call('HSET', owners, id, owner)
        end
        return taken
        """);

    /// <summary>
    /// Renews what the owner looks after. What nobody knows of, neither the queue nor the records, was lost with Redis: who is at work on it goes on. The argument
    /// <c>ids</c> goes with the keys <c>records</c>. Returns the ids that are not the owner's any more.
    /// </summary>
    public static readonly Script Renew = new("due owners records...", "owner lease ids...", """
        local lost = {}
        for i, id in ipairs(ids) do
            local holder = redis.call('HGET', owners, id)
            local ours = holder == owner
            if not holder then
                local known = redis.call('HMGET', records[i], 'state', 'claimed')
                ours = not known[2] and tonumber(known[1] or '0') < 2
            end
            if ours then
                redis.call('ZADD', due, int(now + tonumber(lease)), id)
                redis.call('HSET', owners, id, owner)
            else
                lost[#lost + 1] = id
            end
        end
        redis.call('PEXPIRE', due, '90000000')
        redis.call('PEXPIRE', owners, '90000000')
        return lost
        """);

    /// <summary>Lets go of a call; when it is looked at next follows from its record, and is at once where the owner had not come to an end.</summary>
    public static readonly Script Release = new("due owners call", "id owner unfinished", Schedule + """
        if redis.call('HGET', owners, id) ~= owner then return 0 end
        redis.call('HDEL', owners, id)
        local at = next_look(call)
        if not at then redis.call('ZREM', due, id)
        else redis.call('ZADD', due, int(unfinished == '1' and now or at), id) end
        return 1
        """);

    /// <summary>
    /// Lets go of calls with which all is well: they are looked at again later, many in one go, which costs a step and not one for each. The argument <c>ids</c> goes
    /// with the keys <c>records</c>.
    /// </summary>
    public static readonly Script Postpone = new("due owners calls records...", "owner after ids...", """
        local step = tonumber(after) / 12
        local at = math.ceil((now + tonumber(after)) / step) * step
        for i, id in ipairs(ids) do
            if redis.call('HGET', owners, id) == owner then
                redis.call('HDEL', owners, id)
                redis.call('ZADD', due, int(at), id)
                redis.call('ZADD', calls, 'XX', int(now), id)
                redis.call('PEXPIRE', records[i], '3600000')
            end
        end
        redis.call('PEXPIRE', due, '90000000')
        redis.call('PEXPIRE', calls, '3600000')
        return 1
        """);

    /// <summary>Takes a call whose state nobody knows of out of the queue.</summary>
    public static readonly Script Forget = new("due owners", "id owner", """
        if redis.call('HGET', owners, id) ~= owner then return 0 end
        redis.call('HDEL', owners, id)
        redis.call('ZREM', due, id)
        return 1
        """);
}
