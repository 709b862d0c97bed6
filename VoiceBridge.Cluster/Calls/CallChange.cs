namespace VoiceBridge.Cluster.Calls;

/// <summary>What to change in a call's record: null leaves a field as it is, counters are added to what is there.</summary>
public sealed record CallChange
{
    /// <summary>No change beside the state.</summary>
    public static CallChange None { get; } = new();

    public string? CorrelationId { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Type { get; init; }

    public MediaState? Media { get; init; }

    public string? CallConnectionId { get; init; }

    public string? ServerCallId { get; init; }

    public string? IncomingCallContext { get; init; }

    public string? Agent { get; init; }

    /// <summary>Why it ended. The first reason that is written stays.</summary>
    public string? EndReason { get; init; }

    public string? TraceId { get; init; }

    public DateTimeOffset? RangAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? ConnectedAt { get; init; }

    public DateTimeOffset? FirstAudioAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public double? FirstAudioMs { get; init; }

    /// <summary>Added to the record's.</summary>
    public int Turns { get; init; }

    /// <summary>Added to the record's.</summary>
    public int Interruptions { get; init; }

    /// <summary>Added to the record's.</summary>
    public int ToolCalls { get; init; }

    /// <summary>Added to the record's.</summary>
    public long InputTokens { get; init; }

    /// <summary>Added to the record's.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Added to the record's.</summary>
    public decimal Cost { get; init; }
}
