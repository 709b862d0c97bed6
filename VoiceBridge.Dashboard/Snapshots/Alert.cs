namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// Something an operator should know, in words, one for each cause; <paramref name="Link"/> is the page that shows more, if there is one. Where
/// <paramref name="Until"/> says when it passes by itself, the text is the sentence that this time completes.
/// </summary>
public sealed record Alert(Severity Severity, string Text, DateTimeOffset? At = null, string? Link = null, DateTimeOffset? Until = null)
{
    /// <summary>Since when it is over; null while it lasts. What is over is <see cref="Severity.Info"/>, and is shown for ten minutes.</summary>
    public DateTimeOffset? OverSince { get; init; }

    /// <summary>The whole sentence, with times as <paramref name="time"/> writes them: whoever reads it has a zone of their own.</summary>
    public string Said(Func<DateTimeOffset, string> time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var said = Until is { } until ? $"{Text} until {time(until)}." : Text;
        return OverSince is { } over ? $"{said} Over since {time(over)}." : said;
    }
}
