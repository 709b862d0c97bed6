using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Privacy;

/// <summary>Formats caller ids for logs, stats, traces and screens as <c>Privacy:CallerId</c> says.</summary>
public sealed class CallerIdPrivacy(IOptions<PrivacyOptions> options)
{
    private const int Kept = 4;
    private const int HashBytes = 6;

    /// <summary>What networks give instead of a number that is withheld: there is nothing to hide.</summary>
    private static readonly string[] Withheld = ["anonymous", "withheld", "restricted", "private"];

    private static readonly string[] Unknown = ["", "unknown", "unavailable"];

    /// <summary>The number as it may be shown: whole, its last four digits, or a short keyed hash that is equal for equal numbers.</summary>
    public string Format(string? number)
    {
        if (number is null || Unknown.Contains(number, StringComparer.OrdinalIgnoreCase)) return "unknown";
        if (Withheld.Contains(number, StringComparer.OrdinalIgnoreCase)) return "withheld";
        return options.Value.CallerId switch
        {
            CallerIdVisibility.Full => number,
            CallerIdVisibility.Hash => Hash(number),
            _ => LastDigits(number),
        };
    }

    private static string LastDigits(string number) =>
        number.Length <= Kept ? new string('*', number.Length) : string.Concat(new string('*', number.Length - Kept), number.AsSpan(number.Length - Kept));

    /// <summary>Keyed, because the ten digits of a number are guessed in seconds from a plain hash.</summary>
    private string Hash(string number)
    {
        var key = Encoding.UTF8.GetBytes(options.Value.HashKey ?? "");
        var hash = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(number));
        return string.Concat("h:", Convert.ToHexStringLower(hash.AsSpan(0, HashBytes)));
    }
}
