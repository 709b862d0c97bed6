using System.Text.RegularExpressions;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Whom callers dial, and whom they are transferred to: numbers, and the raw ids of those who have none.</summary>
internal static partial class PhoneNumbers
{
    /// <summary>Whether it is the raw id of somebody without a number: <c>28:orgid:...</c>, a resource account of Teams Phone; <c>8:acs:...</c>, a user of ACS; <c>8:orgid:...</c>, one of Teams.</summary>
    private static bool IsRawId(string id) => RawId().IsMatch(id);

    /// <summary>
    /// What two of them are compared by. A number's digits, whether it comes as <c>+1...</c>, with spaces, or as the raw id <c>4:+1...</c> of a phone user; any other raw id as
    /// text: the digits of a GUID are no number.
    /// </summary>
    public static string Key(string number)
    {
        if (IsRawId(number)) return number.ToUpperInvariant();
        var start = number.StartsWith("4:", StringComparison.Ordinal) ? 2 : 0;
        return string.Concat(number.AsSpan(start).ToString().Where(char.IsAsciiDigit));
    }

    [GeneratedRegex(@"^(8|28):[A-Za-z][A-Za-z0-9:_\-]{0,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RawId();
}
