using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace VoiceBridge.ServiceDefaults.Access.Twilio;

/// <summary>
/// Whether a request is Twilio's: <c>X-Twilio-Signature</c> over the address that Twilio requested and the parameters of a form. Upgrades to a WebSocket are signed
/// over the <c>wss</c> address, which Twilio's own validator does not know.
/// </summary>
/// <remarks>twilio.com/docs/usage/webhooks/webhooks-security. The address is the configured one, never made from <c>Host</c>, which whoever asks chooses.</remarks>
public sealed class TwilioSignature(IOptions<TwilioOptions> options)
{
    /// <summary>The signature, base64.</summary>
    public const string Header = "X-Twilio-Signature";

    /// <summary>Which key and algorithm it was made with; without it the auth token and SHA-1.</summary>
    public const string SettingsHeader = "X-Twilio-Webhooks-Signature-Settings";

    private const string Algorithm = "HMAC_SHA256";
    private const string BodyHashParameter = "bodySHA256=";

    /// <summary>Whether CallControl's request is Twilio's, with its form's parameters.</summary>
    public bool IsWebhook(HttpContext context, IEnumerable<KeyValuePair<string, StringValues>> form) =>
        IsValid(context, options.Value.PublicUrl, form);

    /// <summary>Whether the gateway's request to open a media socket is Twilio's.</summary>
    public bool IsMediaSocket(HttpContext context) => IsValid(context, options.Value.MediaUrl, []);

    /// <summary>
    /// Whether <paramref name="signature"/> is right for the address and the parameters: by the auth tokens, or with <paramref name="settings"/> (the other header) by
    /// the SharedKeys. A body that is no form stands in the address as <c>bodySHA256</c>, and must be given then.
    /// </summary>
    public bool IsValid(string url, IEnumerable<KeyValuePair<string, StringValues>> form, string? signature, string? settings = null, ReadOnlyMemory<byte>? body = null)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(form);
        var sharedKey = !string.IsNullOrEmpty(settings);
        if (sharedKey && !settings!.Split(',', StringSplitOptions.TrimEntries).Contains($"algorithm={Algorithm}", StringComparer.OrdinalIgnoreCase)) return false;
        string?[] keys = sharedKey ? [options.Value.SharedKey, options.Value.SharedKeyNext] : [options.Value.AuthToken, options.Value.AuthTokenNext];
        var given = new byte[HMACSHA256.HashSizeInBytes];
        var length = sharedKey ? HMACSHA256.HashSizeInBytes : HMACSHA1.HashSizeInBytes;
        if (signature is null || !Convert.TryFromBase64String(signature, given, out var bytes) || bytes != length) return false;
        if (body is { } content && !IsBody(url, content.Span)) return false;

        var parameters = Parameters(form);
        var valid = false;
        foreach (var spelling in Spellings(url))
        {
            var data = Encoding.UTF8.GetBytes(spelling + parameters);
            foreach (var key in keys)
            {
                // Each is compared whole, whatever came of the others.
                if (!string.IsNullOrEmpty(key)) valid |= CryptographicOperations.FixedTimeEquals(Sign(key, data, sharedKey), given.AsSpan(0, length));
            }
        }

        return valid;
    }

    private bool IsValid(HttpContext context, Uri? address, IEnumerable<KeyValuePair<string, StringValues>> form)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (address is null || context.Features.Get<IHttpRequestFeature>()?.RawTarget is not { } target || !target.StartsWith('/')) return false;
        var headers = context.Request.Headers;
        return IsValid(address.AbsoluteUri.TrimEnd('/') + target, form, Single(headers[Header]), Single(headers[SettingsHeader]));
    }

    // A header that is sent twice is none, and not an invitation to choose.
    private static string? Single(StringValues values) => values.Count == 1 ? values[0] : values.Count == 0 ? null : "";

    /// <summary>Names in ordinal order, each with its distinct values in order, nothing between them.</summary>
    private static string Parameters(IEnumerable<KeyValuePair<string, StringValues>> form)
    {
        var text = new StringBuilder();
        foreach (var (name, values) in form.OrderBy(parameter => parameter.Key, StringComparer.Ordinal))
        {
            foreach (var value in values.Select(value => value ?? "").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                text.Append(name).Append(value);
        }

        return text.ToString();
    }

    /// <summary>The address as it is, and with its port or without: Twilio leaves it out in some requests and writes the usual one in others.</summary>
    private static IEnumerable<string> Spellings(string url)
    {
        if (url.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment) url = url[..fragment];
        yield return url;
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        if (start < 3) yield break;
        var end = url.IndexOfAny(['/', '?'], start) is >= 0 and var path ? path : url.Length;
        var colon = url.LastIndexOf(':', end - 1, end - start);
        // One inside brackets belongs to an IPv6 address.
        if (colon > url.LastIndexOf(']', end - 1, end - start)) yield return url[..colon] + url[end..];
        else yield return $"{url[..end]}:{(url.StartsWith("https:", StringComparison.Ordinal) || url.StartsWith("wss:", StringComparison.Ordinal) ? 443 : 80)}{url[end..]}";
    }

    private static bool IsBody(string url, ReadOnlySpan<byte> body)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var hash = query < 0 ? null : url[(query + 1)..].Split('&').FirstOrDefault(part => part.StartsWith(BodyHashParameter, StringComparison.Ordinal));
        return hash is not null && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body))), Encoding.UTF8.GetBytes(hash[BodyHashParameter.Length..]));
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The algorithm is Twilio's.")]
    private static byte[] Sign(string key, byte[] data, bool sharedKey) => sharedKey
        ? HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), data)
        : HMACSHA1.HashData(Encoding.UTF8.GetBytes(key), data);
}
