using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Simulator.Acs.Rest;

/// <summary>
/// The HMAC-SHA256 scheme of ACS access keys: verb, path with query, date, host and the body's hash are signed
/// (learn.microsoft.com, "Sign an HTTP request", Azure Communication Services).
/// </summary>
internal static class HmacSignature
{
    internal const string DateHeader = "x-ms-date";
    internal const string HashHeader = "x-ms-content-sha256";
    private const string Prefix = "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=";
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    internal static string ContentHash(ReadOnlySpan<byte> body) => Convert.ToBase64String(SHA256.HashData(body));

    internal static string Sign(string accessKey, string verb, string pathAndQuery, string date, string host, string contentHash)
    {
        var text = $"{verb}\n{pathAndQuery}\n{date};{host};{contentHash}";
        return Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(accessKey), Encoding.ASCII.GetBytes(text)));
    }

    /// <summary>What is wrong with a request's signature, or null.</summary>
    internal static string? Fault(HttpRequest request, ReadOnlySpan<byte> body, string accessKey, DateTimeOffset now)
    {
        var authorization = request.Headers.Authorization.ToString();
        if (!authorization.StartsWith(Prefix, StringComparison.Ordinal)) return "The Authorization header has no HMAC-SHA256 signature of x-ms-date;host;x-ms-content-sha256.";
        var date = request.Headers[DateHeader].ToString();
        if (!DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signed))
            return "x-ms-date is missing or no RFC 1123 date.";
        if ((now - signed).Duration() > Skew) return "x-ms-date is more than 15 minutes off.";
        var hash = ContentHash(body);
        if (!string.Equals(request.Headers[HashHeader].ToString(), hash, StringComparison.Ordinal)) return "x-ms-content-sha256 is not the hash of the body.";
        var pathAndQuery = request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var expected = Sign(accessKey, request.Method, pathAndQuery, date, request.Host.Value ?? "", hash);
        var given = authorization[Prefix.Length..];
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(given)) ? null : "The signature does not match.";
    }
}
