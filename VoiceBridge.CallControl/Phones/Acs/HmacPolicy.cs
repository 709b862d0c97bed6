using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>
/// Signs a request with the resource's access key, as "Sign an HTTP request" of Azure Communication Services describes. It belongs
/// behind the retry policy: each attempt has a fresh date, and the service refuses old ones.
/// </summary>
internal sealed class HmacPolicy(byte[] accessKey, TimeProvider time) : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var body = new MemoryStream();
        message.Request.Content?.WriteTo(body, message.CancellationToken);
        Sign(message.Request, body);
        ProcessNext(message, pipeline);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        using var body = new MemoryStream();
        if (message.Request.Content is { } content) await content.WriteToAsync(body, message.CancellationToken);
        Sign(message.Request, body);
        await ProcessNextAsync(message, pipeline);
    }

    private void Sign(Request request, MemoryStream body)
    {
        var date = time.GetUtcNow().UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
        var contentHash = Convert.ToBase64String(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
        var signature = Signature(accessKey, request.Method.Method, request.Uri.ToUri(), date, contentHash);
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("x-ms-content-sha256", contentHash);
        request.Headers.SetValue("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
    }

    /// <summary>The signature over verb, path and query exactly as sent, date, authority and the hash of the body.</summary>
    internal static string Signature(byte[] accessKey, string verb, Uri uri, string date, string contentHash)
    {
        var text = $"{verb.ToUpperInvariant()}\n{uri.PathAndQuery}\n{date};{uri.Authority};{contentHash}";
        return Convert.ToBase64String(HMACSHA256.HashData(accessKey, Encoding.ASCII.GetBytes(text)));
    }
}
