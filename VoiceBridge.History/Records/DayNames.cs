namespace VoiceBridge.History.Records;

/// <summary>The names of the daily counters.</summary>
internal static class DayNames
{
    public const string Calls = "calls";
    public const string Answered = "answered";
    public const string Busy = "busy";
    public const string Missed = "missed";
    public const string Redirected = "redirected";
    public const string Failed = "failed";
    public const string CutOff = "cut_off";
    public const string Reason = "reason:";
    public const string DurationMs = "duration_ms";
    public const string Turns = "turns";
    public const string TokensIn = "tokens_in";
    public const string TokensOut = "tokens_out";
    public const string CostBillionths = "cost_billionths";
    public const string Moves = "moves";
    public const string Transfers = "transfers";
    public const string AnswerLatency = "answer";
    public const string FirstAudioLatency = "first_audio";
}
