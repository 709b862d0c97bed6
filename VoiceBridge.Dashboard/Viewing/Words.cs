using System.Globalization;

namespace VoiceBridge.Dashboard.Viewing;

/// <summary>Figures and codes as people read them.</summary>
internal static class Words
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public static string Count(long count) => count switch
    {
        >= 1_000_000 => string.Create(Plain, $"{count / 1_000_000d:0.#} M"),
        >= 100_000 => string.Create(Plain, $"{count / 1_000d:0} k"),
        _ => count.ToString("N0", Plain),
    };

    public static string Percent(double? share) => share is { } value ? string.Create(Plain, $"{value * 100:0.#} %") : "–";

    public static string Ms(double? milliseconds) => milliseconds switch
    {
        null => "–",
        >= 10_000 => string.Create(Plain, $"{milliseconds / 1000:0} s"),
        >= 1_000 => string.Create(Plain, $"{milliseconds / 1000:0.0} s"),
        _ => string.Create(Plain, $"{milliseconds:0} ms"),
    };

    public static string Money(decimal amount, string currency) => string.Create(Plain, $"{currency}{(amount is > 0 and < 1 ? amount.ToString("0.0000", Plain) : amount.ToString("N2", Plain))}");

    public static string Bytes(long bytes) => bytes >= 1L << 30 ? string.Create(Plain, $"{bytes / (double)(1L << 30):0.0} GB") : string.Create(Plain, $"{bytes >> 20} MB");

    /// <summary>A duration as on a call's display: 0:07, 12:04, 1:02:09.</summary>
    public static string Clock(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        return span.TotalHours >= 1 ? string.Create(Plain, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}") : string.Create(Plain, $"{span.Minutes}:{span.Seconds:00}");
    }

    /// <summary>How long something has been, roughly: 12 s, 4 min, 3 h 20 min, 5 d.</summary>
    public static string Age(TimeSpan span) => span switch
    {
        { TotalSeconds: < 0 } => "0 s",
        { TotalSeconds: < 10 } => string.Create(Plain, $"{span.TotalSeconds:0.0} s"),
        { TotalSeconds: < 100 } => string.Create(Plain, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 100 } => string.Create(Plain, $"{(int)span.TotalMinutes} min"),
        { TotalHours: < 48 } => string.Create(Plain, $"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => string.Create(Plain, $"{(int)span.TotalDays} d {span.Hours} h"),
    };

    /// <summary>An end reason (snake_case) as a sentence's beginning.</summary>
    public static string Reason(string? reason) => reason switch
    {
        null or "" => "–",
        "caller_hung_up" => "Caller hung up",
        "agent_ended" => "Agent ended it",
        "transferred" => "Transferred",
        "silent" => "Caller silent",
        "too_long" => "Longest call reached",
        "no_agent" => "No Voice Live session",
        "media_lost" => "Media lost",
        "agent_lost" => "Voice Live lost",
        "busy" => "Busy: no free slot",
        "overflow" => "Sent to overflow",
        "missed" => "Missed while ringing",
        "answer_failed" => "Could not be answered",
        "drained" => "Gateway drained",
        "operator" => "Operator hung up",
        "error" => "Internal error",
        _ => char.ToUpperInvariant(reason[0]) + reason[1..].Replace('_', ' '),
    };

    /// <summary>The end reasons that calls are searched by.</summary>
    public static IReadOnlyList<string> Reasons { get; } =
    [
        "caller_hung_up", "agent_ended", "transferred", "silent", "too_long", "operator", "busy", "overflow", "missed", "drained", "no_agent", "agent_lost", "media_lost",
        "answer_failed", "error",
    ];

    /// <summary>Whether an end reason is one that somebody should look into.</summary>
    public static bool IsFailure(string? reason) => reason is "no_agent" or "media_lost" or "agent_lost" or "answer_failed" or "error";

    /// <summary>Whether an end reason means that the caller was turned away.</summary>
    public static bool IsRefusal(string? reason) => reason is "busy" or "overflow" or "missed" or "drained";
}
