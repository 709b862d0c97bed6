namespace VoiceBridge.Cluster.Trust;

/// <summary>What a media socket brings along: the call that it belongs to and everything a gateway needs to know about it.</summary>
public sealed record MediaTicket
{
    /// <summary>The call, as <see cref="Trust.CallId.Of"/> names it.</summary>
    public required string CallId { get; init; }

    /// <summary>The phone network's id of the call, in its own logs too: ACS's correlation id, Twilio's CallSid.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The caller's number or user id, in full.</summary>
    public required string CallerId { get; init; }

    /// <summary>The number that was dialled.</summary>
    public required string CalledNumber { get; init; }

    /// <summary>The caller's kind: <c>acs</c>, <c>twilio</c> or <c>web</c>.</summary>
    public string Type { get; init; } = "acs";

    /// <summary>The agent profile to use; null: chosen by the dialled number.</summary>
    public string? Agent { get; init; }

    /// <summary>When the ticket was issued; kept to the second.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>When the ticket ends; kept to the second.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>W3C trace context of the call's trace.</summary>
    public string? TraceParent { get; init; }
}
