using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.RelayBench.Cloud;

/// <summary>
/// What the gateway wants of the world beside its media, in a process of its own so that it costs neither the gateway nor the generator:
/// a collector for telemetry, a service for its tool, the keys of the phone side's tokens, and TLS in front of the agents' end.
/// </summary>
internal static class CloudHost
{
    public const string ResourceId = "00000000-1111-2222-3333-444444444444";
    private const string Issuer = "https://acscallautomation.communication.azure.com";
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    /// <summary>Plain HTTP on <paramref name="port"/>, HTTPS on the next one, and TLS in front of the agents on the one after that.</summary>
    public static async Task RunAsync(int port, string certificateFile)
    {
        using var certificate = OwnCertificate.Create();
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        var agents = new TlsFront(port + 2, certificate);
        using var rsa = RSA.Create(2048);
        var key = new RsaSecurityKey(rsa) { KeyId = "bench" };

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Listen(IPAddress.Loopback, port + 1, listen => listen.UseHttps(certificate));
        });
        var app = builder.Build();
        app.MapGet("/alive", () => "ok");
        app.MapGet("/opening-hours", () => Results.Text("""{"open":"9 to 5"}""", "application/json"));
        app.MapGet("/agents/{upstreamPort:int}", (int upstreamPort) => agents.Target = upstreamPort);
        app.MapGet("/token", () => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer, Audience = ResourceId, Expires = DateTime.UtcNow + TokenLife,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
        }));
        app.MapGet("/openid", () => Results.Json(new { issuer = Issuer, jwks_uri = $"https://localhost:{port + 1}/keys" }));
        app.MapGet("/keys", () =>
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return Results.Json(new
            {
                keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "bench", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } },
            });
        });
        // Whatever else comes is telemetry.
        app.MapPost("/{**path}", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        await Task.WhenAll(app.RunAsync(), agents.RunAsync());
    }
}
