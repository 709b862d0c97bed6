namespace VoiceBridge.History.Storage;

/// <summary>The record of a call that has ended. Numbers are kept as <c>Privacy:CallerId</c> showed them when the call was written.</summary>
public sealed class EndedCall
{
    /// <summary>The database's own id.</summary>
    public long Id { get; set; }

    /// <summary>Rises with each writing: of two that write the call at the same time, one fails and tries again.</summary>
    public int Version { get; set; }

    public required string CallId { get; set; }

    public string CorrelationId { get; set; } = "";

    /// <summary>The caller, as it may be shown.</summary>
    public string Caller { get; set; } = "";

    /// <summary>Keyed hash of the caller's whole number: by it a number is found, and erased, however little of it is shown.</summary>
    public string CallerKey { get; set; } = "";

    /// <summary>The caller's last four digits; empty where numbers are hashed.</summary>
    public string CallerEnd { get; set; } = "";

    /// <summary>The dialled number, as it may be shown.</summary>
    public string Dialled { get; set; } = "";

    /// <summary>Which phone: <c>acs</c>, <c>web</c>, ...</summary>
    public string Phone { get; set; } = "";

    /// <summary>It was never answered: busy, redirected.</summary>
    public bool Rejected { get; set; }

    public string Agent { get; set; } = "";

    public string EndReason { get; set; } = "";

    public string GatewayId { get; set; } = "";

    public string TraceId { get; set; } = "";

    public DateTimeOffset RangAt { get; set; }

    public DateTimeOffset? AnsweredAt { get; set; }

    public DateTimeOffset? ConnectedAt { get; set; }

    public DateTimeOffset? FirstAudioAt { get; set; }

    public DateTimeOffset EndedAt { get; set; }

    /// <summary>How long somebody was on the line, in ms; 0 when nobody was.</summary>
    public long DurationMs { get; set; }

    /// <summary>From answering to the agent's first audio.</summary>
    public double? FirstAudioMs { get; set; }

    /// <summary>How often the agent answered the caller.</summary>
    public int TurnLatencies { get; set; }

    /// <summary>How long the caller waited for these answers, together: from the end of the caller's speech to the first audio.</summary>
    public long TurnLatencyTotalMs { get; set; }

    /// <summary>How long the caller waited for an answer on average; null without one.</summary>
    public double? TurnLatencyMs => TurnLatencies > 0 ? Math.Round((double)TurnLatencyTotalMs / TurnLatencies) : null;

    public int Turns { get; set; }

    public int Interruptions { get; set; }

    public int ToolCalls { get; set; }

    public int Moves { get; set; }

    /// <summary><c>agent</c> or <c>overflow</c>: who asked for the call's last transfer; empty without one.</summary>
    public string Transfer { get; set; } = "";

    /// <summary><c>accepted</c>, <c>failed</c> or <c>pending</c>; empty without a transfer.</summary>
    public string TransferOutcome { get; set; } = "";

    public long InputTokens { get; set; }

    public long OutputTokens { get; set; }

    /// <summary>In the currency of the configured prices.</summary>
    public decimal Cost { get; set; }
}
