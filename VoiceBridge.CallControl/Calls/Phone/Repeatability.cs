using System.Globalization;

namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>
/// The two headers that make a POST repeatable (OASIS Repeatable Requests 1.0; Call Automation REST API): a request with an id
/// that the service has seen is not executed again, it gets the first reply.
/// </summary>
/// <param name="RequestId">A UUID of version 4 form.</param>
/// <param name="FirstSent">When the request was first made, to the second; the same in each repetition.</param>
internal readonly record struct Repeatability(Guid RequestId, DateTimeOffset FirstSent)
{
    public const string RequestIdHeader = "Repeatability-Request-ID";
    public const string FirstSentHeader = "Repeatability-First-Sent";

    public string RequestIdText => RequestId.ToString("D");

    /// <summary>IMF-fixdate, as in <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
    public string FirstSentText => FirstSent.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A pair for a request that only this process repeats.</summary>
    public static Repeatability New(TimeProvider time) => new(Guid.NewGuid(), time.GetUtcNow());
}
