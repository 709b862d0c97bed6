namespace VoiceBridge.Cluster.Calls;

/// <summary>Everything the cluster knows of a call. Its timeline is beside it (<see cref="CallStore.ListEventsAsync"/>).</summary>
public sealed record CallRecord
{
    /// <summary>As <see cref="Trust.CallId.Of"/> names it.</summary>
    public required string CallId { get; init; }

    /// <summary>The phone network's id of the call: ACS's correlation id, Twilio's CallSid.</summary>
    public required string CorrelationId { get; init; }

    /// <summary>The caller's number or user id, in full.</summary>
    public string From { get; init; } = "";

    /// <summary>The dialled number.</summary>
    public string To { get; init; } = "";

    /// <summary>The caller's kind: <c>acs</c>, <c>twilio</c> or <c>web</c>.</summary>
    public string Type { get; init; } = "acs";

    /// <summary>Whether it came over a phone network, which can be asked for it and told to end it.</summary>
    public bool IsPhoneCall => Type != "web";

    public CallState State { get; init; }

    public MediaState Media { get; init; }

    /// <summary>Rises with each media socket of the call; 0 before the first.</summary>
    public long Generation { get; init; }

    /// <summary>The phone network's id of our leg; needed to act on the call.</summary>
    public string? CallConnectionId { get; init; }

    /// <summary>Somebody has answered it.</summary>
    public bool IsAnswered => State == CallState.Connected || CallConnectionId is not null;

    public string? ServerCallId { get; init; }

    /// <summary>What ACS needs to answer the call. A secret: encrypted in Redis, and there only until the call is connected or over.</summary>
    public string? IncomingCallContext { get; init; }

    /// <summary>The current media socket, or the last one.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>The gateway of that socket.</summary>
    public string? GatewayId { get; init; }

    /// <summary>The agent profile.</summary>
    public string? Agent { get; init; }

    /// <summary>Why it ended, in snake_case (caller_hung_up, agent_ended, busy, ...).</summary>
    public string? EndReason { get; init; }

    /// <summary>Why it is to be hung up, while that is not confirmed.</summary>
    public string? HangUpReason { get; init; }

    /// <summary>Its latest transfer.</summary>
    public CallTransfer? Transfer { get; init; }

    public string? TraceId { get; init; }

    public DateTimeOffset RangAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? ConnectedAt { get; init; }

    public DateTimeOffset? FirstAudioAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Since when the media are gone; null while they are there.</summary>
    public DateTimeOffset? MediaLostAt { get; init; }

    /// <summary>When the phone service last said, since then, that a media socket could not be opened.</summary>
    public DateTimeOffset? MediaFailedAt { get; init; }

    /// <summary>How far the recovery from that has come.</summary>
    public RecoveryPosition? Recovery { get; init; }

    public int Turns { get; init; }

    public int Interruptions { get; init; }

    public int ToolCalls { get; init; }

    /// <summary>How often the call has changed its media socket.</summary>
    public int Moves { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    /// <summary>In the currency of the configured prices; kept to 9 decimal places.</summary>
    public decimal Cost { get; init; }

    /// <summary>From answering to the agent's first audio.</summary>
    public double? FirstAudioMs { get; init; }

    /// <summary>How often the agent answered the caller.</summary>
    public int TurnLatencies { get; init; }

    /// <summary>How long the caller waited for these answers, together: from the end of the caller's speech to the first audio.</summary>
    public long TurnLatencyTotalMs { get; init; }

    /// <summary>How long the caller waited for an answer on average; null without one.</summary>
    public double? TurnLatencyMs => TurnLatencies > 0 ? Math.Round((double)TurnLatencyTotalMs / TurnLatencies) : null;
}
