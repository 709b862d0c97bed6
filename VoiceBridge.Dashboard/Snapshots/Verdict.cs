namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// The first line of the first page: whether callers are served now (<paramref name="Headline"/>, one sentence), and what follows for whoever reads it
/// (<paramref name="Detail"/>: why, what to do; "" when nothing is to be done). Neither contains a time: <paramref name="Since"/> is when it began, where that is known.
/// </summary>
public sealed record Verdict(Severity Severity, string Headline, string Detail = "", DateTimeOffset? Since = null)
{
    /// <summary>When it passes by itself, where that is known.</summary>
    public DateTimeOffset? Until { get; init; }
}
