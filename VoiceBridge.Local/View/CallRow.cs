namespace VoiceBridge.Local.View;

/// <summary>One call as the views show it.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Caller">The caller's number.</param>
/// <param name="State">What the call is doing, e.g. <c>connected</c> or <c>ended: caller_hung_up</c>.</param>
/// <param name="Gateway">The gateway that has its media socket.</param>
/// <param name="CallerWords">What the caller said last.</param>
/// <param name="AgentWords">What the agent said last.</param>
/// <param name="Duration">Since it was answered.</param>
/// <param name="Ended">It is over.</param>
internal sealed record CallRow(
    string CallId, string Caller, string State, string? Gateway, string CallerWords, string AgentWords, TimeSpan? Duration, bool Ended)
{
    public DateTimeOffset? AnsweredAt { get; init; }
}
