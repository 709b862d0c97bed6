using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The steps of the outbox: ended calls on their way to the history.</summary>
internal static class OutboxScripts
{
    /// <summary>
    /// Puts a call that has ended, or has changed since, into the outbox, if there is somebody who empties it. It may be taken when it has been left alone for a while; its
    /// record then stays until it is taken. <c>whole</c>: with its transcript. Needs the keys <c>call outbox transcripts open</c>.
    /// </summary>
    public const string HandOver = """
        local function hand_over(id, whole)
            local settle = redis.call('GET', open)
            if not settle then return false end
            redis.call('ZADD', outbox, int(now + tonumber(settle)), id)
            redis.call('PEXPIRE', outbox, '691200000')
            if whole then
                redis.call('ZADD', transcripts, int(now), id)
                redis.call('PEXPIRE', transcripts, '691200000')
            end
            redis.call('PEXPIRE', call, '604800000')
            return true
        end

        """;

    /// <summary>Takes calls for <c>lease</c> ms. Returns for each its id and what it is held by: the time until which nobody else gets it.</summary>
    public static readonly Script Take = new("outbox", "max lease", """
        local held = int(now + tonumber(lease))
        local taken = {}
        for _, id in ipairs(redis.call('ZRANGEBYSCORE', outbox, '-inf', int(now), 'LIMIT', '0', max)) do
            redis.call('ZADD', outbox, held, id)
            taken[#taken + 1] = id
            taken[#taken + 1] = held
        end
        return taken
        """);

    /// <summary>
    /// The call is where it belongs, and its record may go in <c>keep</c> ms. Returns 0, and leaves it, when it has changed since it was taken; -1 when it has been erased.
    /// </summary>
    public static readonly Script Done = new("outbox transcripts call", "id held keep", """
        local score = redis.call('ZSCORE', outbox, id)
        if not score then return redis.call('EXISTS', call) == 1 and 0 or -1 end
        if tonumber(score) ~= tonumber(held) then return 0 end
        redis.call('ZREM', outbox, id)
        redis.call('ZREM', transcripts, id)
        redis.call('PEXPIRE', call, keep)
        return 1
        """);

    /// <summary>Gives a call back, to be taken again in <c>after</c> ms, unless it has changed since.</summary>
    public static readonly Script Return = new("outbox", "id held after", """
        local score = redis.call('ZSCORE', outbox, id)
        if not score or tonumber(score) ~= tonumber(held) then return 0 end
        redis.call('ZADD', outbox, int(now + tonumber(after)), id)
        return 1
        """);

    /// <summary>Takes what is too much out, the oldest first. Returns how many calls, their ids, and the ids of those that stay without their transcript.</summary>
    public static readonly Script Trim = new("outbox transcripts", "calls whole", """
        local function surplus(set, limit)
            local count = redis.call('ZCARD', set) - tonumber(limit)
            if count <= 0 then return {} end
            return redis.call('ZRANGE', set, '0', int(count - 1))
        end
        local dropped = {0}
        for _, id in ipairs(surplus(outbox, calls)) do
            redis.call('ZREM', outbox, id)
            redis.call('ZREM', transcripts, id)
            dropped[#dropped + 1] = id
        end
        dropped[1] = #dropped - 1
        for _, id in ipairs(surplus(transcripts, whole)) do
            redis.call('ZREM', transcripts, id)
            dropped[#dropped + 1] = id
        end
        return dropped
        """);

    /// <summary>Takes a call out of every list of calls.</summary>
    public static readonly Script Forget = new("outbox transcripts recent call", "id", """
        redis.call('ZREM', outbox, id)
        redis.call('ZREM', transcripts, id)
        redis.call('ZREM', recent, id)
        return redis.call('DEL', call)
        """);
}
