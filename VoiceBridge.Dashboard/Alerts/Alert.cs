using VoiceBridge.Dashboard.Snapshots;

namespace VoiceBridge.Dashboard.Alerts;

/// <summary>
/// Something an operator should know, in words; <paramref name="Link"/> is the page that shows more, if there is one. Where
/// <paramref name="Until"/> says when it passes by itself, the text is the sentence that this time completes.
/// </summary>
public sealed record Alert(Health Health, string Text, DateTimeOffset? At = null, string? Link = null, DateTimeOffset? Until = null)
{
    /// <summary>The whole sentence, with times as <paramref name="time"/> writes them: whoever reads it has a zone of their own.</summary>
    public string Said(Func<DateTimeOffset, string> time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Until is { } until ? $"{Text} until {time(until)}." : Text;
    }
}
