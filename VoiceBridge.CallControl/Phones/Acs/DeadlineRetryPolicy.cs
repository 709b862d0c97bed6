using System.Globalization;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>
/// Retries what Azure.Core holds for worth it (408, 429, 5xx, lost connections), quickly at first, and not beyond the deadline
/// of the operation: a phone that has stopped ringing cannot be answered.
/// </summary>
internal sealed class DeadlineRetryPolicy(TimeProvider time) : RetryPolicy(maxRetries: 20, new Delays())
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);

    protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
        base.ShouldRetry(message, exception) && InTime(message);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        await base.ShouldRetryAsync(message, exception) && InTime(message);

    private bool InTime(HttpMessage message) =>
        RequestScope.Of(message) is not { } scope || time.GetUtcNow() + Pause(message) < scope.Deadline;

    /// <summary>A service that wants to be left alone for longer than the deadline is not waited for.</summary>
    private static TimeSpan Pause(HttpMessage message) =>
        message.HasResponse && message.Response.Headers.TryGetValue("Retry-After", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : Shortest;

    /// <summary>0.25 s, 0.5 s, 1 s, 2 s, 2 s...; a Retry-After header counts where it is longer (Azure.Core adds that).</summary>
    private sealed class Delays() : DelayStrategy(TimeSpan.FromSeconds(5), jitterFactor: 0.1)
    {
        protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber) =>
            TimeSpan.FromMilliseconds(Math.Min(2000, Shortest.TotalMilliseconds * Math.Pow(2, Math.Max(0, retryNumber - 1))));
    }
}
