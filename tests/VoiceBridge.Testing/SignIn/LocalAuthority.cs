using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.Testing.SignIn;

/// <summary>
/// An OpenID Connect authority on loopback, over https, with the addresses and claims of an Entra ID tenant: discovery, keys, an authorize endpoint that
/// asks nobody and posts a signed id_token back, and sign-out.
/// </summary>
public sealed class LocalAuthority : IAsyncDisposable
{
    public const string TenantId = "11111111-1111-1111-1111-111111111111";
    public const string ClientId = "22222222-2222-2222-2222-222222222222";
    private const string OtherId = "33333333-3333-3333-3333-333333333333";
    private readonly WebApplication _app;
    private readonly RSA _key = RSA.Create(2048);
    private readonly RSA _strangersKey = RSA.Create(2048);

    private LocalAuthority(WebApplication app) => _app = app;

    /// <summary>Who sits before the browser.</summary>
    public Person Person { get; set; } = new("Nobody");

    /// <summary>For <c>AzureAd:Instance</c>.</summary>
    public string Instance => $"https://localhost:{new Uri(_app.Urls.First()).Port}/";

    /// <summary>The parameters of the latest request to sign somebody in.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>();

    private string Issuer => $"{Instance}{TenantId}/v2.0";

    public static async Task<LocalAuthority> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(LoopbackCertificate.Instance)));
        var authority = new LocalAuthority(builder.Build());
        authority.Map();
        await authority._app.StartAsync();
        return authority;
    }

    private void Map()
    {
        _app.MapGet($"/{TenantId}/v2.0/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = $"{Instance}{TenantId}/oauth2/v2.0/authorize",
            ["token_endpoint"] = $"{Instance}{TenantId}/oauth2/v2.0/token",
            ["end_session_endpoint"] = $"{Instance}{TenantId}/oauth2/v2.0/logout",
            ["jwks_uri"] = $"{Instance}{TenantId}/discovery/v2.0/keys",
            ["response_types_supported"] = new[] { "id_token" },
            ["response_modes_supported"] = new[] { "form_post" },
            ["subject_types_supported"] = new[] { "pairwise" },
            ["id_token_signing_alg_values_supported"] = new[] { "RS256" },
        }));
        _app.MapGet($"/{TenantId}/discovery/v2.0/keys", () =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.ExportParameters(false)) { KeyId = "authority" });
            return Results.Json(new { keys = new[] { new { kty = key.Kty, use = "sig", kid = key.Kid, n = key.N, e = key.E } } });
        });
        _app.MapGet($"/{TenantId}/oauth2/v2.0/authorize", (HttpRequest request) =>
        {
            Asked = request.Query.ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString());
            return Results.Content($"""
                <!DOCTYPE html><title>Signing in</title>
                <form method="post" action="{WebUtility.HtmlEncode(Asked["redirect_uri"])}">
                <input type="hidden" name="id_token" value="{Token(Asked["nonce"])}"><input type="hidden" name="state" value="{WebUtility.HtmlEncode(Asked["state"])}">
                </form><script>document.forms[0].submit()</script>
                """, "text/html");
        });
        _app.MapGet($"/{TenantId}/oauth2/v2.0/logout", (string? post_logout_redirect_uri, string? state) => Results.Redirect($"{post_logout_redirect_uri}?state={state}"));
    }

    private string Token(string nonce)
    {
        var fault = Person.Fault;
        var now = DateTime.UtcNow;
        var tenant = fault == TokenFault.FromAnotherTenant ? OtherId : TenantId;
        var signer = fault == TokenFault.SignedByAStranger ? _strangersKey : _key;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = fault switch { TokenFault.FromAnotherTenant => $"{Instance}{OtherId}/v2.0", TokenFault.FromAnotherIssuer => $"https://elsewhere.test/{TenantId}/v2.0", _ => Issuer },
            Audience = fault == TokenFault.ForAnotherApplication ? OtherId : ClientId,
            IssuedAt = fault == TokenFault.Expired ? now.AddHours(-2) : now,
            NotBefore = fault == TokenFault.Expired ? now.AddHours(-2) : now.AddMinutes(-1),
            Expires = fault == TokenFault.Expired ? now.AddHours(-1) : now.AddHours(1),
            Claims = new Dictionary<string, object>
            {
                ["ver"] = "2.0",
                ["tid"] = tenant,
                ["oid"] = OtherId,
                ["sub"] = "subject",
                ["name"] = Person.Name,
                ["preferred_username"] = "somebody@example.com",
                ["nonce"] = fault == TokenFault.ForAnotherSignIn ? "another" : nonce,
                ["roles"] = Person.Roles,
            },
            SigningCredentials = new SigningCredentials(new RsaSecurityKey(signer) { KeyId = "authority" }, SecurityAlgorithms.RsaSha256),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
        _strangersKey.Dispose();
    }
}
