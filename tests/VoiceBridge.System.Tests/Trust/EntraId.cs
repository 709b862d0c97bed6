using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Stands in for Entra ID: its OpenID document, its keys, which all its tenants share, and the tokens that it gives to Event Grid.</summary>
internal sealed class EntraId : IAsyncDisposable
{
    internal const string Audience = "api://voicebridge-calls";
    private const string EventGrid = "4962773b-9cdb-44cf-a8bf-237846a00ab7";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _otherRsa = RSA.Create(2048);

    private EntraId(WebApplication app) => _app = app;

    internal string Address => _app.Urls.First();

    internal string Tenant { get; } = Guid.NewGuid().ToString();

    internal static async Task<EntraId> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var entra = new EntraId(app);
        app.MapGet("/{tenant}/v2.0/.well-known/openid-configuration", (string tenant) => Results.Text(
            new JsonObject { ["issuer"] = entra.Issuer(2, tenant), ["jwks_uri"] = $"{entra.Address}/{tenant}/discovery/v2.0/keys" }.ToJsonString(), "application/json"));
        app.MapGet("/{tenant}/discovery/v2.0/keys", () => Results.Text(entra.KeySet(), "application/json"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return entra;
    }

    /// <summary>A token as Event Grid brings it along, or with something about it that is wrong; what is empty is missing.</summary>
    internal string Token(
        int version = 2, string audience = Audience, string? tenant = null, string? issuer = null, string application = EventGrid,
        string role = "AzureEventGridSecureWebhookSubscriber", TimeSpan age = default, bool otherKey = false)
    {
        var now = DateTime.UtcNow - age;
        var claims = new Dictionary<string, object> { ["ver"] = $"{version}.0", ["tid"] = tenant ?? Tenant };
        if (application.Length > 0) claims[version == 1 ? "appid" : "azp"] = application;
        if (role.Length > 0) claims["roles"] = new[] { role };
        var key = new RsaSecurityKey(otherKey ? _otherRsa : _rsa) { KeyId = otherKey ? "other" : "one" };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer(version, tenant ?? Tenant),
            Audience = audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
            Claims = claims,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _rsa.Dispose();
        _otherRsa.Dispose();
    }

    private string Issuer(int version, string tenant) => version == 1 ? $"https://sts.windows.net/{tenant}/" : $"{Address}/{tenant}/v2.0";

    private string KeySet()
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["kid"] = "one",
                ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
                ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
            }),
        }.ToJsonString();
    }
}
