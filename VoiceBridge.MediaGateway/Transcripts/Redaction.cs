using System.Text.RegularExpressions;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>Takes numbers that identify a person or an account out of a text that is kept. The rules, on runs of digits that may be grouped
/// by spaces, dashes, dots, commas, slashes or parentheses:
/// <list type="bullet">
/// <item>13 digits or more, of which the first 13 to 19 pass the Luhn check: <c>[card number]</c>;</item>
/// <item>8 or more after a plus, 9 or more after a leading 0, or 10 to 15: <c>[phone number]</c>;</item>
/// <item>16 or more: <c>[number]</c>;</item>
/// <item>3 keys or more that were pressed in a row: <c>[keys]</c>, they may be a PIN.</item>
/// </list>
/// Shorter runs (order numbers, times, amounts) stay. In doubt it hides too much: a date followed by a time may look like a number.</summary>
internal static partial class Redaction
{
    /// <summary>Stands before pressed keys in what the model reads.</summary>
    public const string KeysPrefix = "[DTMF] ";

    private const string Card = "[card number]";
    private const string Phone = "[phone number]";
    private const string Number = "[number]";
    private const string Keys = "[keys]";
    private const int FewestKeys = 3;
    private const int ShortestCard = 13;
    private const int LongestCard = 19;

    public static Turn Redact(Turn turn) => turn with { Text = Redact(turn.Text), ToolArguments = null };

    public static string Redact(string text)
    {
        var withoutKeys = KeyRun.Replace(text, match =>
            match.Groups["keys"].Length >= FewestKeys ? KeysPrefix + Keys : match.Value);
        return DigitRun.Replace(withoutKeys, match => Replacement(match.Value) ?? match.Value);
    }

    /// <summary>The Luhn check of ISO/IEC 7812, which every payment card number passes.</summary>
    public static bool IsLuhn(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
                digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % 10 == 0;
    }

    private static string? Replacement(string run)
    {
        var digits = string.Concat(run.Where(char.IsAsciiDigit));
        if (HasCard(digits))
            return Card;
        var shortest = run.Contains('+') ? 8 : digits[0] == '0' ? 9 : 10;
        if (digits.Length < shortest)
            return null;
        return digits.Length <= 15 ? Phone : Number;
    }

    private static bool HasCard(string digits)
    {
        for (var length = ShortestCard; length <= Math.Min(LongestCard, digits.Length); length++)
        {
            if (IsLuhn(digits.AsSpan(0, length)))
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9_])\+?\(?[0-9](?:[ \-.,/()]{0,2}[0-9]){6,}")]
    private static partial Regex DigitRun { get; }

    [GeneratedRegex(@"\[DTMF\] (?<keys>[0-9A-D*#]+)")]
    private static partial Regex KeyRun { get; }
}
