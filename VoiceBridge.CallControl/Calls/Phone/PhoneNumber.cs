using System.Text.RegularExpressions;

namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>What may be dialled.</summary>
internal static partial class PhoneNumber
{
    /// <summary>A plus and 7 to 15 digits (ITU-T E.164).</summary>
    public static bool IsE164(string text) => E164().IsMatch(text);

    /// <summary>A plus and the first digits of such numbers.</summary>
    public static bool IsPrefix(string text) => Prefix().IsMatch(text);

    /// <summary>A number, or the raw id of a user of ACS or Teams, or of a Teams resource account: what a call can be transferred to.</summary>
    public static bool IsTransferTarget(string text) => IsE164(text) || User().IsMatch(text);

    /// <summary>The text with its phone numbers taken out, <c>%2B</c> for a plus included: the phone service quotes them in its messages, and those go to logs and models.</summary>
    public static string Masked(string text) => AnyNumber().Replace(text, "(number)");

    [GeneratedRegex(@"(\+|%2B)[0-9]{7,}|(?<![0-9A-Za-z])[0-9]{7,}(?![0-9A-Za-z])", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex AnyNumber();

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex E164();

    [GeneratedRegex(@"^\+[1-9][0-9]{0,14}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^(8|28):[A-Za-z0-9:_\-]{1,200}\z", RegexOptions.CultureInvariant)]
    private static partial Regex User();
}
