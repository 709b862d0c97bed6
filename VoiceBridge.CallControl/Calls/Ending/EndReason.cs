namespace VoiceBridge.CallControl.Calls.Ending;

/// <summary>Why a call ended, as records, metrics and logs name it.</summary>
internal static class EndReason
{
    public const string CallerHungUp = "caller_hung_up";
    public const string AgentEnded = "agent_ended";
    public const string Transferred = "transferred";
    public const string TooLong = "too_long";
    public const string Drained = "drained";
    public const string MediaLost = "media_lost";
    public const string Busy = "busy";
    public const string Overflow = "overflow";
    public const string Missed = "missed";
    public const string AnswerFailed = "answer_failed";
    public const string Error = "error";
    private const string NoAgent = "no_agent";
    private const string AgentLost = "agent_lost";

    /// <summary>What others may give as a reason when they ask for a hang-up.</summary>
    public static readonly IReadOnlySet<string> OfHangUps = new HashSet<string>(StringComparer.Ordinal)
    {
        CallerHungUp, AgentEnded, Transferred, "silent", TooLong, NoAgent, MediaLost, AgentLost, Overflow, Drained, "operator", Error,
    };

    /// <summary>Ends that neither side wanted: such a caller goes to the overflow number, where there is one.</summary>
    public static readonly IReadOnlySet<string> OfFailures = new HashSet<string>(StringComparer.Ordinal) { NoAgent, AgentLost, Error };
}
