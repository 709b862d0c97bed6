using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The steps on a call's record.</summary>
internal static class CallScripts
{
    /// <summary>
    /// Moves a call to <c>to</c> (-1: none, only change) and applies three counted lists of pairs: identity, once, counters. <c>media</c> -1: leave, <c>context</c> "":
    /// none. Returns 1 when the call advanced or, without a state, exists; 2 when it has ended and waits in the outbox.
    /// </summary>
    public static readonly Script Change = new("call calls recent due owners outbox transcripts open", "id to media context lists...", DueScripts.Schedule + OutboxScripts.HandOver + """
        local wanted, media_state = tonumber(to), tonumber(media)
        local at = 1
        local function each(apply)
            local n = tonumber(lists[at])
            for i = at + 1, at + n, 2 do apply(lists[i], lists[i + 1]) end
            at = at + n + 1
        end
        local function set(field, value) redis.call('HSET', call, field, value) end
        local function once(field, value) redis.call('HSETNX', call, field, value) end
        local function count(field, value) redis.call('HINCRBY', call, field, value) end

        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if wanted < 0 then
            if state == nil then return 0 end
            each(set) each(once) each(count)
        else
            -- 3 (ended) and 4 (rejected) are both final
            local advances = state == nil or (wanted > state and state < 3)
            if not advances then
                -- too late for the state, not for who the call is
                each(once)
                return 0
            end
            if state == nil then redis.call('HSET', call, 'created', int(now)) end
            redis.call('HSET', call, 'state', to)
            each(set) each(once) each(count)
            state = wanted
            if wanted == 1 then once('answered', int(now)) end
            if wanted == 2 then once('connected', int(now)) end
            if wanted >= 3 then once('ended', int(now)) end
            if wanted == 2 and not redis.call('HGET', call, 'generation') then
                -- on the line, but no media yet
                redis.call('HSET', call, 'lost', int(now), 'lost_certain', '1')
            end
        end

        if state >= 2 then redis.call('HDEL', call, 'context')
        elseif context ~= '' then redis.call('HSET', call, 'context', context) end
        if state < 3 then
            -- "recovering" comes too late when a new socket is there already
            if media_state >= 0 and not (media_state == 2 and redis.call('HGET', call, 'media') == '1') then redis.call('HSET', call, 'media', media) end
            if wanted >= 0 then
                redis.call('ZADD', calls, int(now), id)
                redis.call('ZREMRANGEBYSCORE', calls, '-inf', int(now - 3600000))
                redis.call('ZREMRANGEBYRANK', calls, '0', '-20001')
                redis.call('PEXPIRE', calls, '3600000')
                schedule(id, next_look(call))
            end
        elseif wanted >= 0 then
            redis.call('HSET', call, 'media', '0')
            redis.call('HDEL', call, 'lost', 'lost_certain', 'hangup')
            unschedule(id)
            redis.call('ZREM', calls, id)
            redis.call('ZADD', recent, redis.call('HGET', call, 'ended') or int(now), id)
            redis.call('ZREMRANGEBYSCORE', recent, '-inf', int(now - 3600000))
            redis.call('ZREMRANGEBYRANK', recent, '0', '-20001')
            redis.call('PEXPIRE', recent, '3600000')
        end
        if wanted >= 0 then redis.call('PEXPIRE', call, '3600000') end
        if state >= 3 and hand_over(id, wanted >= 0) then return 2 end
        return 1
        """);

    /// <summary>Returns the fields and values of each record; none of one that is not there.</summary>
    public static readonly Script Read = new("records...", "", """
        local out = {}
        for i, record in ipairs(records) do out[i] = redis.call('HGETALL', record) end
        return out
        """);

    /// <summary><c>connection</c> "": any. <c>failed</c> 1: a socket could not be opened. Returns 1 when the media are marked lost.</summary>
    public static readonly Script LoseMedia = new("call due owners", "id connection certain failed", DueScripts.Schedule + """
        local state = tonumber(redis.call('HGET', call, 'state') or nil)
        if state == nil or state >= 3 then return 0 end
        if connection ~= '' and redis.call('HGET', call, 'connection') ~= connection then return 0 end
        if redis.call('HGET', call, 'media') == '1' then redis.call('HSET', call, 'media', '0') end
        redis.call('HSETNX', call, 'lost', int(now))
        if certain == '1' then redis.call('HSET', call, 'lost_certain', '1') end
        if failed == '1' then redis.call('HSET', call, 'failed', int(now)) end
        schedule(id, next_look(call))
        return 1
        """);

    /// <summary>Writes that the call is to be hung up, or ("") that it need not be any more. Returns 1 when the call is known.</summary>
    public static readonly Script HangUp = new("call due owners", "id reason", DueScripts.Schedule + """
        if not redis.call('HGET', call, 'state') then return 0 end
        if reason == '' then
            redis.call('HDEL', call, 'hangup')
            local at = next_look(call)
            if at then schedule(id, at) elseif not owned(id) then unschedule(id) end
        else
            redis.call('HSETNX', call, 'hangup', reason)
            schedule(id, now + 2000)
        end
        return 1
        """);

    /// <summary>
    /// Begins a transfer. One to overflow is made once: another that is under way, or one to overflow that failed, is the answer. The same request is the
    /// same transfer. Returns 1 when it is to be made, else 0; then kind, state, cause, time and request of the one that counts.
    /// </summary>
    public static readonly Script StartTransfer = new("call", "kind cause request", """
        if not redis.call('HGET', call, 'state') then return {1, kind, 'pending', cause, int(now), request} end
        local last = redis.call('HMGET', call, 'transfer', 'transfer_state', 'transfer_cause', 'transfer_at', 'transfer_request')
        if last[1] and now - tonumber(last[4]) < 60000 then
            local same = last[5] == request
            local answered = kind == 'overflow' and (last[1] == 'overflow' or last[2] ~= 'failed')
            if same or answered then return {0, last[1], last[2], last[3], last[4], last[5]} end
        end
        redis.call('HSET', call, 'transfer', kind, 'transfer_state', 'pending', 'transfer_cause', cause, 'transfer_at', int(now), 'transfer_request', request)
        return {1, kind, 'pending', cause, int(now), request}
        """);

    /// <summary>What came of the transfer: "accepted" or "failed". One that was accepted has not failed, in whatever order that is heard.</summary>
    public static readonly Script EndTransfer = new("call outbox transcripts open", "id outcome", OutboxScripts.HandOver + """
        if not redis.call('HGET', call, 'state') then return 0 end
        if outcome == 'failed' then
            if redis.call('HGET', call, 'transfer_state') ~= 'pending' then return 0 end
        else
            redis.call('HSETNX', call, 'transfer', 'agent')
            redis.call('HSETNX', call, 'transfer_at', int(now))
            redis.call('HSETNX', call, 'transfer_cause', '')
            -- heard after the end, it is why the caller left
            if redis.call('HGET', call, 'reason') == 'caller_hung_up' then
                redis.call('HSET', call, 'reason', redis.call('HGET', call, 'transfer') == 'overflow' and 'overflow' or 'transferred')
            end
        end
        redis.call('HSET', call, 'transfer_state', outcome)
        if tonumber(redis.call('HGET', call, 'state')) >= 3 then hand_over(id, false) end
        return 1
        """);

    /// <summary>Whether a call may be redirected: once by its own id, and only so often for a caller and a number. Returns 1 when it may.</summary>
    public static readonly Script Redirect = new("once count", "max keep", """
        if not redis.call('SET', once, '1', 'NX', 'PX', keep) then return 0 end
        local made = redis.call('INCR', count)
        if made == 1 then redis.call('PEXPIRE', count, keep) end
        return made <= tonumber(max) and 1 or 0
        """);

    /// <summary>
    /// Adds to a list of the call (timeline, turns): how many to keep, for how many ms, how many after the call, 1 to replace all, then the entries. A list that goes
    /// no later than after a call stays so: an entry that comes late does not keep it longer. Nor does it keep one shorter that waits in the outbox.
    /// </summary>
    public static readonly Script Append = new("list", "count keep after replace entries...", """
        local left = redis.call('PTTL', list)
        local ending = left >= 0 and left <= tonumber(after)
        if replace == '1' then redis.call('DEL', list) end
        for _, entry in ipairs(entries) do redis.call('RPUSH', list, entry) end
        redis.call('LTRIM', list, '-' .. count, '-1')
        redis.call('PEXPIRE', list, (ending or left > tonumber(keep)) and int(left) or keep)
        return 1
        """);
}
