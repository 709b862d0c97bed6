using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.EndedCalls;

/// <summary>Numbers of the history, which are kept as they were shown when the call was written: no more of one is shown than of others now.</summary>
internal static class KeptNumber
{
    public static string Show(CallerIdPrivacy privacy, string number) =>
        number.Length == 0 ? "unknown" : number.StartsWith('*') || number.StartsWith("h:", StringComparison.Ordinal) ? number : privacy.Format(number);
}
