using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.Api;

/// <summary>What calls are found by.</summary>
internal sealed class HistoryParameters
{
    [FromQuery(Name = "from"), Description("Calls that rang at this time or later.")]
    public DateTimeOffset? From { get; init; }

    [FromQuery(Name = "to"), Description("Calls that rang before this time.")]
    public DateTimeOffset? To { get; init; }

    [FromQuery(Name = "number"), Description("The caller's whole number, or its last four digits.")]
    public string? Number { get; init; }

    [FromQuery(Name = "agent")]
    public string? Agent { get; init; }

    [FromQuery(Name = "phone"), Description("acs, twilio or web.")]
    public string? Phone { get; init; }

    [FromQuery(Name = "reason"), Description("Why the call ended, as caller_hung_up.")]
    public string? Reason { get; init; }

    [FromQuery(Name = "minSeconds")]
    public int? MinSeconds { get; init; }

    [FromQuery(Name = "maxSeconds")]
    public int? MaxSeconds { get; init; }

    [FromQuery(Name = "words"), Description("All of these were said in the call.")]
    public string? Words { get; init; }

    [FromQuery(Name = "after"), Description("next of the page before.")]
    public string? After { get; init; }

    [FromQuery(Name = "count"), Description("1 to 500, 50 unless given.")]
    public int? Count { get; init; }

    public CallQuery ToQuery() => new()
    {
        From = From?.ToUniversalTime(), To = To?.ToUniversalTime(), Number = Number, Agent = Agent, Phone = Phone, Reason = Reason, MinSeconds = MinSeconds, MaxSeconds = MaxSeconds,
        Words = Words, After = After, Count = Count ?? 50,
    };
}
