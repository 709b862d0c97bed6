namespace VoiceBridge.MediaGateway.Tools;

/// <summary>What became of a tool call.</summary>
/// <param name="Kind">As metrics name it: ok, error, timeout, unknown, too_large, bad_arguments.</param>
/// <param name="Output">For the model.</param>
/// <param name="WantsAnswer">False where the model has nothing more to say: the call is being ended or transferred.</param>
internal readonly record struct ToolOutcome(string Kind, string Output, bool WantsAnswer = true)
{
    public const string Ok = "ok";
    public const string Error = "error";
    public const string Timeout = "timeout";
    public const string Unknown = "unknown";
    public const string TooLarge = "too_large";
    public const string BadArguments = "bad_arguments";
    public const string Cancelled = "cancelled";

    public bool Succeeded => Kind == Ok;
}

/// <summary>A result after which the model is not asked to speak.</summary>
internal sealed record SilentResult(string Text);
