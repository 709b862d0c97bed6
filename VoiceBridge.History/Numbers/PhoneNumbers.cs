namespace VoiceBridge.History.Numbers;

/// <summary>Telephone numbers as people type them and as networks give them.</summary>
public static class PhoneNumbers
{
    private const int LastDigits = 4;

    /// <summary>One spelling for one number: <c>+</c> and digits. What is no telephone number (a user's id) stays as it is.</summary>
    public static string Normalize(string number)
    {
        ArgumentNullException.ThrowIfNull(number);
        var text = number.Trim();
        if (text.Length == 0 || text.Any(letter => !char.IsAsciiDigit(letter) && !" +-.()/".Contains(letter, StringComparison.Ordinal))) return text;
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.Length == 0 ? text : "+" + digits;
    }

    /// <summary>The last four digits; "" of what has fewer, or is no number.</summary>
    public static string End(string number)
    {
        var normal = Normalize(number);
        return normal.Length > LastDigits && normal[0] == '+' && normal.Skip(1).All(char.IsAsciiDigit) ? normal[^LastDigits..] : "";
    }
}
