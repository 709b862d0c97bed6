namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>What came of one try.</summary>
/// <param name="Error">Why it failed; null when it did not. No part of an answer's body, and nothing of the call.</param>
/// <param name="RetryAfter">For how long the receiver wants to be left alone.</param>
/// <param name="IsGone">It does not want any more (410).</param>
internal sealed record WebhookResult(string? Error, TimeSpan? RetryAfter, bool IsGone)
{
    public static WebhookResult Delivered { get; } = new(null, null, false);

    public static WebhookResult Gone { get; } = new("answered 410: it is gone", null, true);

    public static WebhookResult Failed(string error, TimeSpan? retryAfter) => new(error, retryAfter, false);
}
