using System.Diagnostics.CodeAnalysis;

namespace VoiceBridge.Dashboard.Commands;

/// <summary>The number that a call is transferred to, as typed by a person.</summary>
internal static class TransferTarget
{
    public const string Expected = "The number must be in international form: + and 7 to 15 digits, as in +14255550123.";
    private const int FewestDigits = 7;
    private const int MostDigits = 15;

    /// <summary>Reads a number in E.164 form; blanks, dots, dashes and brackets between digits are dropped.</summary>
    public static bool TryRead(string? typed, [NotNullWhen(true)] out string? number)
    {
        number = null;
        var kept = string.Concat((typed ?? "").Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '.' or '(' or ')' or '/')));
        if (kept.Length is < FewestDigits + 1 or > MostDigits + 1 || kept[0] != '+' || kept[1] == '0' || !kept.Skip(1).All(char.IsAsciiDigit)) return false;
        number = kept;
        return true;
    }
}
