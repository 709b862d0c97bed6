using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.Api;

/// <summary>The form behind the history page's export buttons.</summary>
internal sealed class ExportForm
{
    public string? Format { get; set; }

    public DateTimeOffset? From { get; set; }

    public DateTimeOffset? To { get; set; }

    public string? Number { get; set; }

    public string? Agent { get; set; }

    public string? Phone { get; set; }

    public string? Reason { get; set; }

    public int? MinSeconds { get; set; }

    public int? MaxSeconds { get; set; }

    public string? Words { get; set; }

    public CallQuery ToQuery() => new()
    {
        From = From?.ToUniversalTime(), To = To?.ToUniversalTime(), Number = Number, Agent = Agent, Phone = Phone, Reason = Reason, MinSeconds = MinSeconds, MaxSeconds = MaxSeconds, Words = Words,
    };
}
