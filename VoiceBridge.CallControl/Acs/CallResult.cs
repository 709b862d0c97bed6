using VoiceBridge.CallControl.Calls;

namespace VoiceBridge.CallControl.Acs;

/// <summary>How a request to the phone service ended.</summary>
internal enum CallOutcome
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
internal readonly record struct CallResult(CallOutcome Outcome, int Status = 0, string? Code = null, string? Message = null)
{
    public static readonly CallResult Success = new(CallOutcome.Done, 200);

    public bool Ok => Outcome is CallOutcome.Done;

    /// <summary>
    /// By the HTTP status first: the service has no published catalogue of error codes.
    /// </summary>
    public static CallResult Of(int status, string? code = null, string? message = null) => new(
        status switch
        {
            >= 200 and < 300 => CallOutcome.Done,
            401 or 403 => CallOutcome.Denied,
            404 or 410 => CallOutcome.Gone,
            408 or 429 or >= 500 or < 200 => CallOutcome.Unavailable,
            _ => CallOutcome.Refused,
        },
        status, code, message);

    public static CallResult NoReply(string why) => new(CallOutcome.Unavailable, 0, null, why);

    /// <summary>For logs: without the numbers that the message may quote.</summary>
    public override string ToString() => $"{Outcome} (status {Status}, code {Code ?? "none"}): {PhoneNumber.Masked(Message ?? "no message")}";
}

/// <summary>An outcome with what came back; <see cref="Value"/> is there when it is <see cref="CallOutcome.Done"/>.</summary>
internal readonly record struct CallResult<T>(CallResult Result, T? Value = null)
    where T : class
{
    public bool Ok => Result.Ok;

    public CallOutcome Outcome => Result.Outcome;
}
