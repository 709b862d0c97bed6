using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>
/// The layout in Redis. All keys of a cluster share one hash tag, so that scripts run on a clustered Redis, and every key ends by itself.
/// Counts are never stored: they are sizes of what is there.
/// </summary>
internal sealed class RedisKeys
{
    private readonly string _tag;

    // Used for each connection each second: a key of prefix and id is put together only where it is sent.
    private readonly RedisKey _call;

    public RedisKeys(IOptions<ClusterOptions> options)
    {
        _tag = $"{{vb-{options.Value.Name}}}";
        _call = Encoding.UTF8.GetBytes($"{_tag}:call:");
    }

    /// <summary>Sorted set: gateway id -> time of its heartbeat (ms). An entry is dead after 5 s and dropped after 15 s.</summary>
    public RedisKey Gateways => $"{_tag}:gateways";

    /// <summary>Hash: gateway id -> heartbeat as JSON. Goes with <see cref="Gateways"/>.</summary>
    public RedisKey Gateway => $"{_tag}:gateway";

    /// <summary>Hash: gateway id -> an operator's order. Ends 15 s after the last heartbeat of any gateway; an entry when it is obeyed.</summary>
    public RedisKey Orders => $"{_tag}:orders";

    /// <summary>String: since when there have been gateways (ms). Goes with <see cref="Gateways"/>.</summary>
    public RedisKey Since => $"{_tag}:since";

    /// <summary>String: a gateway has come back to a Redis that was emptied. Ends 5 s after <see cref="Since"/>, when all that live are back.</summary>
    public RedisKey Settling => $"{_tag}:settling";

    /// <summary>Sorted set: connection id -> when it lapses (ms), renewed each second by its gateway: 15 s.</summary>
    public RedisKey Connections => $"{_tag}:connections";

    /// <summary>Hash: connection id -> "generation JSON". Goes with <see cref="Connections"/>.</summary>
    public RedisKey Connection => $"{_tag}:connection";

    /// <summary>Sorted set: call id -> when its reservation lapses (ms): 30 s.</summary>
    public RedisKey Reservations => $"{_tag}:reservations";

    /// <summary>Hash: call id -> Voice Live endpoint that was reserved. Goes with <see cref="Reservations"/>.</summary>
    public RedisKey Reservation => $"{_tag}:reservation";

    /// <summary>Sorted set: call id -> since when it waits (µs): 30 s.</summary>
    public RedisKey Waiting => $"{_tag}:waiting";

    /// <summary>Sorted set: call id -> when it last asked (ms). One that has not asked for 3 s keeps its place, but nobody waits for it.</summary>
    public RedisKey Asking => $"{_tag}:asking";

    /// <summary>Sorted set: call id -> when its claim's lease lapses (ms). Worthless, and dropped, 30 s later.</summary>
    public RedisKey Claims => $"{_tag}:claims";

    /// <summary>Hash: call id -> who claims it. Goes with <see cref="Claims"/>.</summary>
    public RedisKey Claim => $"{_tag}:claim";

    /// <summary>Sorted set: endpoint/call or connect -> when the Voice Live connection was granted (ms): the window of 60 s.</summary>
    public RedisKey VoiceLive => $"{_tag}:voicelive";

    /// <summary>Sorted set: live call -> when it was last touched (ms). Dropped after 1 h without a touch; 20,000 at most.</summary>
    public RedisKey Calls => $"{_tag}:calls";

    /// <summary>Sorted set: ended call -> when it ended (ms): 1 h, 20,000 at most.</summary>
    public RedisKey Recent => $"{_tag}:recent";

    /// <summary>Sorted set: call that should have media and has none -> since when (ms): 1 h.</summary>
    public RedisKey MediaLost => $"{_tag}:medialost";

    /// <summary>Pub/sub channel: what changed.</summary>
    public RedisChannel Events => RedisChannel.Literal($"{_tag}:events");

    /// <summary>Hash: the call's record (<see cref="Calls.CallFields"/>): 1 h after it was last touched, gateways touch each second.</summary>
    public RedisKey Call(string callId) => ((RedisKey)callId).Prepend(_call);

    /// <summary>List: the call's timeline as JSON, 500 entries: 1 h after the call, 2 h after the last entry of a live one.</summary>
    public RedisKey Timeline(string callId) => $"{_tag}:timeline:{callId}";

    /// <summary>String: who recovers the call. Ends with the lease.</summary>
    public RedisKey Recovery(string callId) => $"{_tag}:recovery:{callId}";

    /// <summary>List: working turns, each encrypted, 500 at most: 60 s after the call, 2 h after the last turn of a live one.</summary>
    public RedisKey Turns(string callId) => $"{_tag}:turns:{callId}";

    /// <summary>List: the redacted turns that are kept, each encrypted: Transcripts:Retention after the last one.</summary>
    public RedisKey Transcript(string callId) => $"{_tag}:transcript:{callId}";

    /// <summary>Hash: counter -> value, of the minute since 1970: 25 h.</summary>
    public RedisKey Series(long minute) => $"{_tag}:series:{minute.ToString(CultureInfo.InvariantCulture)}";
}
