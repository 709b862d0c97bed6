using System.Globalization;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Dashboard.Presentation;

/// <summary>Figures and codes as people read them.</summary>
internal static class Format
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

    /// <summary>What <paramref name="tokens"/> cost; a dash where they were counted and their price is not known.</summary>
    public static string Cost(decimal amount, long tokens, string currency) => amount == 0 && tokens > 0 ? "–" : Money(amount, currency);

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

    /// <summary>An end reason in words.</summary>
    public static string Reason(string? reason) => EndReasons.Of(reason).Name;

    /// <summary>The end reasons that calls are searched by.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [.. EndReasons.All.Select(reason => reason.Code)];

    /// <summary>Whether a call that ended so counts as failed.</summary>
    public static bool IsFailure(string? reason) => EndReasons.IsFailure(reason);

    /// <summary>Whether an end reason means that the caller was turned away.</summary>
    public static bool IsRefusal(string? reason) => EndReasons.IsTurnedAway(reason);
}
