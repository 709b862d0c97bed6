using System.Text.Json.Serialization;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Storage;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History.Reading;

/// <summary>One ended call as others are told of it, by the API and by webhooks. Numbers as they may be shown. Properties are only ever added.</summary>
public sealed record EndedCallReport(
    string CallId, string CorrelationId, string Caller, string Dialled, string Phone, bool Rejected, string Agent, string EndReason, string GatewayId, string TraceId,
    DateTimeOffset RangAt, DateTimeOffset? AnsweredAt, DateTimeOffset? ConnectedAt, DateTimeOffset EndedAt, long DurationMs, double? FirstAudioMs, double? TurnLatencyMs, int Turns,
    int Interruptions, int ToolCalls, int Moves, string Transfer, string TransferOutcome, long InputTokens, long OutputTokens, decimal Cost)
{
    /// <summary>Where one call was asked for.</summary>
    public IReadOnlyList<EventReport>? Timeline { get; init; }

    /// <summary>Where it was asked for.</summary>
    public IReadOnlyList<TurnReport>? Transcript { get; init; }

    /// <summary>It was asked for, and is too large to be sent along.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TranscriptOmitted { get; init; }

    public static EndedCallReport Of(EndedCall call, CallerIdPrivacy privacy)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new(
            call.CallId, call.CorrelationId, KeptNumber.Show(privacy, call.Caller), call.Dialled.Length == 0 ? "" : KeptNumber.Show(privacy, call.Dialled), call.Phone, call.Rejected, call.Agent,
            call.EndReason, call.GatewayId, call.TraceId, call.RangAt, call.AnsweredAt, call.ConnectedAt, call.EndedAt, call.DurationMs, call.FirstAudioMs, call.TurnLatencyMs, call.Turns,
            call.Interruptions, call.ToolCalls, call.Moves, call.Transfer, call.TransferOutcome, call.InputTokens, call.OutputTokens, call.Cost);
    }
}

/// <summary>An entry of a call's timeline.</summary>
public sealed record EventReport(DateTimeOffset At, string Kind, string Text);

/// <summary>A turn of a call's transcript.</summary>
public sealed record TurnReport(DateTimeOffset At, string Speaker, string Text, bool Interrupted, string? ToolName)
{
    public static TurnReport Of(Turn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return new(turn.At, turn.Speaker, turn.Text, turn.Interrupted, turn.ToolName);
    }
}
