using System.Globalization;
using System.Text.RegularExpressions;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Transcripts;

/// <summary>Takes numbers that identify a person or an account out of a text that is kept. The rules, on runs of digits of any script that may be grouped
/// by spaces, dashes, dots, commas, slashes, underscores or parentheses:
/// <list type="bullet">
/// <item>13 digits or more, of which the first 13 to 19 pass the Luhn check: <c>[card number]</c>;</item>
/// <item>8 or more after a plus, 9 or more after a leading 0, or 10 to 15: <c>[phone number]</c>;</item>
/// <item>16 or more, or three, two and four digits: <c>[number]</c>;</item>
/// <item>3 or 4 digits, or a month and a year, near a card number: <c>[code]</c>;</item>
/// <item>pressed keys, however few: <c>[keys]</c>, they may be a PIN that is typed slowly.</item>
/// </list>
/// Shorter runs (order numbers, times, amounts) stay. In doubt it hides too much: a date followed by a time may look like a number.</summary>
internal static partial class Redaction
{
    /// <summary>Stands before pressed keys in what the model reads.</summary>
    public const string KeysPrefix = "[DTMF] ";

    private const string Card = "[card number]";
    private const string Phone = "[phone number]";
    private const string Number = "[number]";
    private const string Code = "[code]";
    private const string Keys = "[keys]";
    private const int ShortestCard = 13;
    private const int LongestCard = 19;

    /// <summary>A turn as it may be kept.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="nearCard">A card number was told a moment ago: its code may follow.</param>
    public static Turn Redact(Turn turn, bool nearCard = false) => turn with { Text = Redact(turn.Text, nearCard), ToolArguments = null };

    /// <inheritdoc cref="Redact(Turn, bool)"/>
    public static string Redact(string text, bool nearCard = false)
    {
        var redacted = KeyRun.Replace(text, KeysPrefix + Keys);
        redacted = Ssn.Replace(redacted, Number);
        redacted = DigitRun.Replace(redacted, match => Replacement(match.Value) ?? match.Value);
        return nearCard || HasCard(redacted) ? CodeRun.Replace(redacted, Code) : redacted;
    }

    /// <summary>Whether a card number was taken out of the text.</summary>
    public static bool HasCard(string redacted) => redacted.Contains(Card, StringComparison.Ordinal);

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
        var digits = string.Concat(run.Where(char.IsDigit).Select(digit => (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(digit))));
        if (IsCard(digits))
            return Card;
        var shortest = run.Contains('+') ? 8 : digits[0] == '0' ? 9 : 10;
        if (digits.Length < shortest)
            return null;
        return digits.Length <= 15 ? Phone : Number;
    }

    private static bool IsCard(string digits)
    {
        for (var length = ShortestCard; length <= Math.Min(LongestCard, digits.Length); length++)
        {
            if (IsLuhn(digits.AsSpan(0, length)))
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"(?<![\p{L}\d])\+?\(?\d(?:[\s\p{Pd}_.,/()·•]{0,2}\d){6,}")]
    private static partial Regex DigitRun { get; }

    [GeneratedRegex(@"(?<!\d)\d{3}[\s\p{Pd}_.]\d{2}[\s\p{Pd}_.]\d{4}(?!\d)")]
    private static partial Regex Ssn { get; }

    [GeneratedRegex(@"(?<![\p{L}\d])(?:\d{3,4}|\d{1,2}\s?/\s?\d{2})(?!\d)")]
    private static partial Regex CodeRun { get; }

    [GeneratedRegex(@"\[DTMF\] [0-9A-D*#]+")]
    private static partial Regex KeyRun { get; }
}
