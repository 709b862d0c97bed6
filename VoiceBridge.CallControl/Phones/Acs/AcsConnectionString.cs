using System.Diagnostics.CodeAnalysis;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary><c>endpoint=https://resource.communication.azure.com/;accesskey=base64</c>. Keys in any order and casing.</summary>
internal sealed record AcsConnectionString(Uri Endpoint, byte[] AccessKey)
{
    /// <summary><paramref name="why"/> says what is wrong, without repeating the value.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AcsConnectionString? parsed, out string? why)
    {
        parsed = null;
        string? endpoint = null, accessKey = null;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Only at the first '=': the key is base64 and may end with some.
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at < 0) continue;
            var value = part[(at + 1)..].Trim();
            switch (part[..at].Trim().ToUpperInvariant())
            {
                case "ENDPOINT": endpoint = value; break;
                case "ACCESSKEY": accessKey = value; break;
            }
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.AbsolutePath != "/")
        {
            why = "has no endpoint=https://... without a path.";
            return false;
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback)
        {
            why = "has an http endpoint: callers' numbers would go in the clear (http only on loopback).";
            return false;
        }

        var key = new byte[(accessKey?.Length ?? 0) + 3];
        if (string.IsNullOrEmpty(accessKey) || !Convert.TryFromBase64String(accessKey, key, out var length) || length == 0)
        {
            why = "has no accesskey=... in base64.";
            return false;
        }

        why = null;
        parsed = new AcsConnectionString(uri, key[..length]);
        return true;
    }
}
