using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>A key that somebody presents, compared with those that are configured.</summary>
public static class SharedSecret
{
    /// <summary>What <see cref="Find"/> returns when no key matches.</summary>
    public const int NoMatch = -1;

    /// <summary>
    /// The place in <paramref name="keys"/> of the one that was given, or <see cref="NoMatch"/>. Every key is compared, as hashes and in constant time, so that
    /// nothing is learnt from how long a refusal takes.
    /// </summary>
    public static int Find(IList<string> keys, string given)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given));
        var match = NoMatch;
        for (var i = 0; i < keys.Count; i++)
        {
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(keys[i])), hash)) match = i;
        }

        return match;
    }
}
