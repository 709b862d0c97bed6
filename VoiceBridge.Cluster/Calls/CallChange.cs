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

    public RecoveryPosition? Recovery { get; init; }

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

    /// <summary>This change and then <paramref name="later"/>, as one. Of what happens once (times, the reason) the first stays.</summary>
    public CallChange Then(CallChange later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return new CallChange
        {
            CorrelationId = later.CorrelationId ?? CorrelationId,
            From = later.From ?? From,
            To = later.To ?? To,
            Type = later.Type ?? Type,
            Media = later.Media ?? Media,
            Recovery = later.Recovery ?? Recovery,
            CallConnectionId = later.CallConnectionId ?? CallConnectionId,
            ServerCallId = later.ServerCallId ?? ServerCallId,
            IncomingCallContext = later.IncomingCallContext ?? IncomingCallContext,
            Agent = later.Agent ?? Agent,
            TraceId = later.TraceId ?? TraceId,
            RangAt = later.RangAt ?? RangAt,
            EndReason = EndReason ?? later.EndReason,
            AnsweredAt = AnsweredAt ?? later.AnsweredAt,
            ConnectedAt = ConnectedAt ?? later.ConnectedAt,
            FirstAudioAt = FirstAudioAt ?? later.FirstAudioAt,
            EndedAt = EndedAt ?? later.EndedAt,
            FirstAudioMs = FirstAudioMs ?? later.FirstAudioMs,
            Turns = Turns + later.Turns,
            Interruptions = Interruptions + later.Interruptions,
            ToolCalls = ToolCalls + later.ToolCalls,
            InputTokens = InputTokens + later.InputTokens,
            OutputTokens = OutputTokens + later.OutputTokens,
            Cost = Cost + later.Cost,
        };
    }
}
