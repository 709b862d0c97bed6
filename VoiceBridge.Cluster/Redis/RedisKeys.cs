using System.Globalization;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace VoiceBridge.Cluster.Redis;

/// <summary>
/// The layout in Redis. What scripts must see together shares one hash tag; what belongs to one call only (its timeline, its turns) has a tag of its own, so
/// that a clustered Redis spreads it. Every key ends by itself. Counts are never stored: they are sizes of what is there.
/// </summary>
internal sealed class RedisKeys(IOptions<ClusterOptions> options)
{
    private readonly string _name = $"vb-{options.Value.Name}";
    private readonly string _tag = $"{{vb-{options.Value.Name}}}";

    /// <summary>Sorted set: gateway id -> time of its heartbeat (ms). An entry is dead after 5 s and dropped after 15 s.</summary>
    public RedisKey GatewayHeartbeats => $"{_tag}:gateways";

    /// <summary>Hash: gateway id -> heartbeat as JSON, for people. Goes with <see cref="GatewayHeartbeats"/>.</summary>
    public RedisKey GatewayDetails => $"{_tag}:gateway";

    /// <summary>Hash: gateway id -> how many calls it takes, 0 while it drains. Goes with <see cref="GatewayHeartbeats"/>.</summary>
    public RedisKey GatewayCapacities => $"{_tag}:capacity";

    /// <summary>Hash: gateway id -> its Voice Live endpoints, a line "budget healthy name" each. Goes with <see cref="GatewayHeartbeats"/>.</summary>
    public RedisKey GatewayEndpoints => $"{_tag}:endpoints";

    /// <summary>Hash: gateway id -> an operator's order. Ends 15 s after the last heartbeat of any gateway; an entry when it is obeyed.</summary>
    public RedisKey Orders => $"{_tag}:orders";

    /// <summary>String: since when there have been gateways (ms). Goes with <see cref="GatewayHeartbeats"/>.</summary>
    public RedisKey Since => $"{_tag}:since";

    /// <summary>String: a gateway has come back to a Redis that was emptied. Ends 5 s after <see cref="Since"/>, when all that live are back.</summary>
    public RedisKey Settling => $"{_tag}:settling";

    /// <summary>Hash: gateway id -> "time of its last heartbeat (ms), number of its calls, heartbeat as JSON" of one that died. 1 h after the last death; an entry 1 h.</summary>
    public RedisKey DeadGateways => $"{_tag}:dead";

    /// <summary>String: since when Redis knows of this cluster (ms). 25 h after the last heartbeat. Where it is missing, Redis was emptied.</summary>
    public RedisKey KnownSince => $"{_tag}:known";

    /// <summary>Sorted set: CallControl replica -> when it was last here (ms): one that was not for 3 s is gone, and so is whoever waits at it.</summary>
    public RedisKey Replicas => $"{_tag}:replicas";

    /// <summary>Sorted set: call id -> when its reservation lapses (ms): 30 s.</summary>
    public RedisKey ReservationLeases => $"{_tag}:reservations";

    /// <summary>Hash: call id -> Voice Live endpoint that was reserved. Goes with <see cref="ReservationLeases"/>.</summary>
    public RedisKey ReservedEndpoints => $"{_tag}:reservation";

    /// <summary>Sorted set: call id -> since when it waits (µs): 30 s.</summary>
    public RedisKey Waiting => $"{_tag}:waiting";

    /// <summary>Hash: call id -> the replica that it waits at. Goes with <see cref="Waiting"/>.</summary>
    public RedisKey WaitingAt => $"{_tag}:asking";

    /// <summary>Sorted set: call id -> when somebody must look at it next (ms), or until when its owner does. An entry goes with the call.</summary>
    public RedisKey Due => $"{_tag}:due";

    /// <summary>Hash: call id -> the replica that looks after it now. Goes with <see cref="Due"/>.</summary>
    public RedisKey DueOwners => $"{_tag}:owners";

    /// <summary>Sorted set: live call -> when it was last looked at (ms). Dropped after 1 h; 20,000 at most.</summary>
    public RedisKey LiveCalls => $"{_tag}:calls";

    /// <summary>Sorted set: ended call -> when it ended (ms): 1 h, 20,000 at most.</summary>
    public RedisKey RecentCalls => $"{_tag}:recent";

    /// <summary>Sorted set: ended call -> when it may be taken to the history (ms). An entry goes when it is there, all 8 days after the last call.</summary>
    public RedisKey Outbox => $"{_tag}:outbox";

    /// <summary>Sorted set: call in <see cref="Outbox"/> whose transcript waits with it -> when it ended (ms). Goes with it.</summary>
    public RedisKey OutboxTranscripts => $"{_tag}:outbox:transcripts";

    /// <summary>String: somebody takes ended calls out of <see cref="Outbox"/>, so long after their end (ms). 1 day after it last did.</summary>
    public RedisKey OutboxOpen => $"{_tag}:outbox:open";

    /// <summary>String: a call (or a caller and a number), as a hash, that was redirected, and how often: 60 s.</summary>
    public RedisKey Redirected(string what) => $"{_tag}:redirected:{what}";

    /// <summary>String: a media ticket, as a hash, that may be used once and was: 10 min.</summary>
    public RedisKey UsedTicket(string hash) => $"{_tag}:ticket:{hash}";

    /// <summary>Pub/sub channel: what changed in the cluster.</summary>
    public RedisChannel Events => RedisChannel.Literal($"{_tag}:events");

    /// <summary>Hash: call id -> "hash connection added generation JSON" of its media socket on the gateway; "#" -> the sum of the hashes. 15 s after a heartbeat.</summary>
    public RedisKey GatewayCalls(string gatewayId) => $"{_tag}:gateway:{gatewayId}:calls";

    /// <summary>Sorted set: call or connect -> when a Voice Live connection of the endpoint was granted (ms): the window of 60 s.</summary>
    public RedisKey VoiceLive(string endpoint) => $"{_tag}:voicelive:{endpoint}";

    /// <summary>Hash: the call's record (<see cref="Calls.CallFields"/>): 1 h after it was last looked at or has ended.</summary>
    public RedisKey CallRecord(string callId) => $"{_tag}:call:{callId}";

    /// <summary>Pub/sub channel: what is said in the call, for whoever shows it.</summary>
    public RedisChannel CallEvents(string callId) => RedisChannel.Literal($"{OfCall(callId)}:events");

    /// <summary>List: the call's timeline as JSON, 500 entries: 1 h after the call, 2 h after the last entry of a live one.</summary>
    public RedisKey Timeline(string callId) => $"{OfCall(callId)}:timeline";

    /// <summary>List: working turns, each encrypted, 500 at most: 60 s after the call, 2 h after the last turn of a live one.</summary>
    public RedisKey Turns(string callId) => $"{OfCall(callId)}:turns";

    /// <summary>List: the redacted turns that are kept, each encrypted: Transcripts:Retention after the last one.</summary>
    public RedisKey Transcript(string callId) => $"{OfCall(callId)}:transcript";

    /// <summary>Hash: counter -> value, of the minute since 1970: 25 h.</summary>
    public RedisKey Series(long minute) => $"{_tag}:series:{minute.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Hash: what happened in these ten minutes since 1970 (<see cref="Cluster.Events.ClusterLog"/>), 500 entries at most: 25 h.</summary>
    public RedisKey Log(long tenMinutes) => $"{_tag}:log:{tenMinutes.ToString(CultureInfo.InvariantCulture)}";

    private string OfCall(string callId) => $"{{{_name}:{callId}}}";
}
