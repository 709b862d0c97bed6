namespace VoiceBridge.Cluster.Events;

/// <summary>The kinds of <see cref="ClusterLogEntry"/>. Each is written by one class, where it happens.</summary>
public static class ClusterLogKind
{
    /// <summary>A gateway announced itself for the first time. Subject: the gateway. Detail: its version.</summary>
    public const string GatewayStarted = "gateway_started";

    /// <summary>A gateway left in order. Subject: the gateway. Count: the calls that it still had.</summary>
    public const string GatewayStopped = "gateway_stopped";

    /// <summary>A gateway was not heard of any more. Subject: the gateway. Count: the calls that it had.</summary>
    public const string GatewayDied = "gateway_died";

    /// <summary>A gateway that was taken for dead announced itself again. Subject: the gateway.</summary>
    public const string GatewayReturned = "gateway_returned";

    /// <summary>An operator ordered a gateway to drain. Subject: the gateway.</summary>
    public const string DrainOrdered = "drain_ordered";

    /// <summary>An operator took that back. Subject: the gateway.</summary>
    public const string UndrainOrdered = "undrain_ordered";

    /// <summary>A gateway began to drain because its process is being stopped. Subject: the gateway. Count: its calls.</summary>
    public const string GatewayDraining = "gateway_draining";

    /// <summary>Redis answers again. Detail: for how many seconds it did not.</summary>
    public const string RedisBack = "redis_back";

    /// <summary>Redis had lost everything: older calls, counts and events are not known.</summary>
    public const string RedisEmptied = "redis_emptied";

    /// <summary>Voice Live sessions of running calls were lost. Subject: the endpoint. Count: how many sessions.</summary>
    public const string SessionsLost = "sessions_lost";

    /// <summary>Lost Voice Live sessions were replaced by new ones, and their calls went on. Subject: the endpoint. Count: how many sessions.</summary>
    public const string SessionsReplaced = "sessions_replaced";

    /// <summary>Voice Live refused new sessions. Subject: the endpoint. Detail: its answer. Count: how many times.</summary>
    public const string SessionsRefused = "sessions_refused";

    /// <summary>Callers were turned away. Detail: the end reason. Count: how many callers.</summary>
    public const string CallersRefused = "callers_refused";

    /// <summary>Calls were cut off. Detail: the end reason. Count: how many calls.</summary>
    public const string CallsLost = "calls_lost";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        GatewayStarted, GatewayStopped, GatewayDied, GatewayReturned, DrainOrdered, UndrainOrdered, GatewayDraining, RedisBack, RedisEmptied, SessionsLost, SessionsReplaced, SessionsRefused,
        CallersRefused, CallsLost,
    ];
}
