
namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>How a request to the phone service ended.</summary>
internal enum PhoneOutcome
{
    Done,

    /// <summary>The call is not there (any more).</summary>
    Gone,

    /// <summary>The service does not want to, and asking again would not change it.</summary>
    Refused,

    /// <summary>Our credentials were not accepted.</summary>
    Denied,

    /// <summary>No useful reply until the deadline: unreachable, throttled, or failing.</summary>
    Unavailable,
}

/// <summary>The outcome, and what the service said of it: HTTP status (0: no reply), error code and message.</summary>
internal readonly record struct PhoneResult(PhoneOutcome Outcome, int Status = 0, string? Code = null, string? Message = null)
{
    public static readonly PhoneResult Success = new(PhoneOutcome.Done, 200);

    public bool Ok => Outcome is PhoneOutcome.Done;

    /// <summary>
    /// By the HTTP status first: the service has no published catalogue of error codes.
    /// </summary>
    public static PhoneResult Of(int status, string? code = null, string? message = null) => new(
        status switch
        {
            >= 200 and < 300 => PhoneOutcome.Done,
            401 or 403 => PhoneOutcome.Denied,
            404 or 410 => PhoneOutcome.Gone,
            408 or 429 or >= 500 or < 200 => PhoneOutcome.Unavailable,
            _ => PhoneOutcome.Refused,
        },
        status, code, message);

    public static PhoneResult NoReply(string why) => new(PhoneOutcome.Unavailable, 0, null, why);

    /// <summary>For logs: without the numbers that the message may quote.</summary>
    public override string ToString() => $"{Outcome} (status {Status}, code {Code ?? "none"}): {PhoneNumber.Masked(Message ?? "no message")}";
}

/// <summary>An outcome with what came back; <see cref="Value"/> is there when it is <see cref="PhoneOutcome.Done"/>.</summary>
internal readonly record struct PhoneResult<T>(PhoneResult Result, T? Value = null)
    where T : class
{
    public bool Ok => Result.Ok;

    public PhoneOutcome Outcome => Result.Outcome;
}
