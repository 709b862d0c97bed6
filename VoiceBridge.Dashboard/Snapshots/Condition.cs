namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// One cause of trouble: what it means for callers, and what to do. The worst becomes the <see cref="Verdict"/>, the others <see cref="Alert"/>s, so that no cause is
/// said twice. A headline with <paramref name="Until"/> has no full stop: the time completes it.
/// </summary>
internal sealed record Condition(Severity Severity, string Headline, string Detail = "", DateTimeOffset? Since = null, string? Link = null, DateTimeOffset? Until = null)
{
    /// <summary>Since when it is over.</summary>
    public DateTimeOffset? OverSince { get; init; }

    public Alert ToAlert() => new(Severity, Until is null && Detail.Length > 0 ? $"{Headline} {Detail}" : Headline, Since, Link, Until) { OverSince = OverSince };
}
