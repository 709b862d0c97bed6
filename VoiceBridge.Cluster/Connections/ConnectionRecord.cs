namespace VoiceBridge.Cluster.Connections;

/// <summary>One media socket with its handler on a gateway.</summary>
public sealed record ConnectionRecord
{
    /// <summary>New for each media socket.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The call that it carries.</summary>
    public required string CallId { get; init; }

    /// <summary>ACS's correlation id of the call.</summary>
    public string CorrelationId { get; init; } = "";

    /// <summary>The caller's number or user id, in full.</summary>
    public string CallerId { get; init; } = "";

    /// <summary>The gateway that it is on.</summary>
    public required string GatewayId { get; init; }

    /// <summary>The caller's kind: <c>acs</c>, <c>twilio</c> or <c>web</c>.</summary>
    public string Type { get; init; } = "acs";

    /// <summary>As shown in <c>/stats</c>.</summary>
    public string Status { get; init; } = "connected";

    /// <summary>The agent profile in use.</summary>
    public string? Agent { get; init; }

    /// <summary>When the socket was accepted.</summary>
    public DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The call's media generation that <see cref="ConnectionDirectory.RegisterAsync"/> gave it. Zero before that.</summary>
    public long Generation { get; init; }
}
