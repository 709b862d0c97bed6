using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.History.Reading;

/// <summary>Numbers of the history, which are kept as they were shown when the call was written: no more of one is shown than of others now.</summary>
public static class KeptNumber
{
    public static string Show(CallerIdPrivacy privacy, string number)
    {
        ArgumentNullException.ThrowIfNull(privacy);
        ArgumentNullException.ThrowIfNull(number);
        return number.Length == 0 ? "unknown" : number.StartsWith('*') || number.StartsWith("h:", StringComparison.Ordinal) ? number : privacy.Format(number);
    }
}
