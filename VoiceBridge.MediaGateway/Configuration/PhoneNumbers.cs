namespace VoiceBridge.MediaGateway.Configuration;

internal static class PhoneNumbers
{
    /// <summary>Whether it is an international number as E.164 writes it: a plus and up to 15 digits.</summary>
    public static bool IsE164(string number) =>
        number.Length is >= 4 and <= 16 && number[0] == '+' && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The digits, whether it comes as <c>+1...</c>, with spaces, or as the raw id <c>4:+1...</c> of a phone user.</summary>
    public static string Digits(string number)
    {
        var start = number.StartsWith("4:", StringComparison.Ordinal) ? 2 : 0;
        return string.Concat(number.AsSpan(start).ToString().Where(char.IsAsciiDigit));
    }
}
