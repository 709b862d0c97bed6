using System.Globalization;
using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.EndedCalls;

/// <summary>What the history page's form holds: days of the viewer's, lengths in minutes.</summary>
internal sealed record HistoryFilter
{
    public string? From { get; set; }

    public string? To { get; set; }

    public string? Number { get; set; }

    public string? Agent { get; set; }

    public string? Phone { get; set; }

    public string? Reason { get; set; }

    public string? Longer { get; set; }

    public string? Shorter { get; set; }

    public string? Words { get; set; }

    /// <summary>The page's parameters. The number is left out: addresses end up in logs and in histories of browsers.</summary>
    public IEnumerable<(string Name, string? Value)> Parameters =>
    [
        ("from", From), ("to", To), ("agent", Agent), ("phone", Phone), ("reason", Reason), ("longer", Longer), ("shorter", Shorter), ("words", Words),
    ];

    /// <summary>What is typed that cannot be read does not filter.</summary>
    public CallQuery ToQuery(TimeZoneInfo zone) => new()
    {
        From = Day(From, zone),
        To = Day(To, zone) is { } last ? last.AddDays(1) : null,
        Number = Number,
        Agent = Agent,
        Phone = Phone,
        Reason = Reason,
        MinSeconds = Seconds(Longer),
        MaxSeconds = Seconds(Shorter),
        Words = Words,
    };

    private static DateTimeOffset? Day(string? text, TimeZoneInfo zone)
    {
        if (!DateTime.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        return new DateTimeOffset(day, zone.GetUtcOffset(day)).ToUniversalTime();
    }

    private static int? Seconds(string? minutes) =>
        double.TryParse(minutes, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var length) && length is >= 0 and <= 10_000 ? (int)(length * 60) : null;
}
