using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.RelayBench.Cloud;

/// <summary>
/// What the services want of the world beside their media, in a process of its own so that it costs neither the gateway nor the generator:
/// a collector for telemetry, a service for the agent's tool, and the phone network with its keys and tokens.
/// </summary>
internal static class CloudHost
{
    public const string ResourceId = "00000000-1111-2222-3333-444444444444";
    private const string Issuer = "https://acscallautomation.communication.azure.com";
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(24);

    /// <summary>Plain HTTP on <paramref name="port"/>, HTTPS on the next one.</summary>
    public static async Task RunAsync(int port, string certificateFile)
    {
        using var certificate = OwnCertificate.Create();
        await File.WriteAllTextAsync(CloudClient.KeyFileOf(certificateFile), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
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
        var warm = false;
        app.MapGet("/alive", () => warm ? Results.Ok() : Results.StatusCode(503));
        app.MapGet("/opening-hours", () => Results.Text("""{"open":"9 to 5"}""", "application/json"));
        app.MapGet("/token", Token);
        app.MapGet("/openid", () => Results.Json(new { issuer = Issuer, jwks_uri = $"https://localhost:{port + 1}/keys" }));
        app.MapGet("/keys", () =>
        {
            var parameters = rsa.ExportParameters(includePrivateParameters: false);
            return Results.Json(new
            {
                keys = new[] { new { kty = "RSA", use = "sig", alg = "RS256", kid = "bench", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } },
            });
        });
        var phone = new PhoneNetwork(Token());
        phone.Map(app);
        // Whatever else comes is telemetry.
        app.MapPost("/{**path}", async (HttpRequest request) => await request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        await phone.WarmUpAsync(new Uri($"http://127.0.0.1:{port}"));
        warm = true;
        await app.WaitForShutdownAsync();

        string Token() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer, Audience = ResourceId, Expires = DateTime.UtcNow + TokenLife,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
        });
    }
}
