using VoiceBridge.Cluster.Calls;
using VoiceBridge.History.Numbers;
using VoiceBridge.History.Storage;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History.Records;

/// <summary>The way between a call's record in Redis and its row.</summary>
internal static class CallMapping
{
    /// <summary>Takes the record's values over, the caller's number as it may be shown.</summary>
    public static void Apply(this EndedCall row, CallRecord call, string callerKey, CallerIdPrivacy privacy)
    {
        var ended = call.EndedAt ?? call.RangAt;
        row.CorrelationId = StoredText.Name(call.CorrelationId);
        row.Caller = call.From.Length == 0 ? "" : StoredText.Name(privacy.Format(call.From));
        row.CallerKey = callerKey;
        // Of a hash nobody may see the end.
        row.CallerEnd = privacy.Format(call.From).StartsWith("h:", StringComparison.Ordinal) ? "" : PhoneNumbers.End(call.From);
        row.Dialled = call.To.Length == 0 ? "" : StoredText.Name(privacy.Format(call.To));
        row.Phone = StoredText.Name(call.Type);
        row.Rejected = call.State is CallState.Rejected;
        row.Agent = StoredText.Name(call.Agent);
        row.EndReason = StoredText.Name(call.EndReason);
        row.GatewayId = StoredText.Name(call.GatewayId);
        row.TraceId = StoredText.Name(call.TraceId);
        row.RangAt = call.RangAt;
        row.AnsweredAt = call.AnsweredAt;
        row.ConnectedAt = call.ConnectedAt;
        row.FirstAudioAt = call.FirstAudioAt;
        row.EndedAt = ended;
        row.DurationMs = call.ConnectedAt is { } connected ? Math.Max(0, (long)(ended - connected).TotalMilliseconds) : 0;
        row.FirstAudioMs = call.FirstAudioMs;
        row.TurnLatencies = call.TurnLatencies;
        row.TurnLatencyTotalMs = call.TurnLatencyTotalMs;
        row.Turns = call.Turns;
        row.Interruptions = call.Interruptions;
        row.ToolCalls = call.ToolCalls;
        row.Moves = call.Moves;
        row.Transfer = call.Transfer is { } transfer ? transfer.ToOverflow ? "overflow" : "agent" : "";
        row.TransferOutcome = call.Transfer switch { null => "", { Accepted: true } => "accepted", { Failed: true } => "failed", _ => "pending" };
        row.InputTokens = call.InputTokens;
        row.OutputTokens = call.OutputTokens;
        row.Cost = call.Cost;
    }

    /// <summary>The record as Redis had it, but for numbers that were not kept whole.</summary>
    public static CallRecord ToRecord(this EndedCall row) => new()
    {
        CallId = row.CallId,
        CorrelationId = row.CorrelationId,
        From = row.Caller,
        To = row.Dialled,
        Type = row.Phone,
        State = row.Rejected ? CallState.Rejected : CallState.Ended,
        GatewayId = None(row.GatewayId),
        Agent = None(row.Agent),
        EndReason = None(row.EndReason),
        TraceId = None(row.TraceId),
        RangAt = row.RangAt,
        AnsweredAt = row.AnsweredAt,
        ConnectedAt = row.ConnectedAt,
        FirstAudioAt = row.FirstAudioAt,
        EndedAt = row.EndedAt,
        FirstAudioMs = row.FirstAudioMs,
        TurnLatencies = row.TurnLatencies,
        TurnLatencyTotalMs = row.TurnLatencyTotalMs,
        Turns = row.Turns,
        Interruptions = row.Interruptions,
        ToolCalls = row.ToolCalls,
        Moves = row.Moves,
        InputTokens = row.InputTokens,
        OutputTokens = row.OutputTokens,
        Cost = row.Cost,
    };

    private static string? None(string text) => text.Length == 0 ? null : text;
}
