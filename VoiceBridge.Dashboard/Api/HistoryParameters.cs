using System.ComponentModel;
using VoiceBridge.History.Reading;

namespace VoiceBridge.Dashboard.Api;

/// <summary>What calls are found by.</summary>
internal sealed record HistoryParameters(
    [property: Description("Calls that rang at this time or later.")] DateTimeOffset? From,
    [property: Description("Calls that rang before this time.")] DateTimeOffset? To,
    [property: Description("The caller's whole number, or its last four digits.")] string? Number,
    string? Agent,
    [property: Description("acs, twilio or web.")] string? Phone,
    [property: Description("Why the call ended, as caller_hung_up.")] string? Reason,
    int? MinSeconds,
    int? MaxSeconds,
    [property: Description("All of these were said in the call.")] string? Words,
    [property: Description("next of the page before.")] string? After,
    [property: Description("1 to 500, 50 unless given.")] int? Count)
{
    public CallQuery ToQuery() => new()
    {
        From = From?.ToUniversalTime(), To = To?.ToUniversalTime(), Number = Number, Agent = Agent, Phone = Phone, Reason = Reason, MinSeconds = MinSeconds, MaxSeconds = MaxSeconds,
        Words = Words, After = After, Count = Count ?? 50,
    };
}
