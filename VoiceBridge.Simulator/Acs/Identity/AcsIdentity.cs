using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.Simulator.Acs.Identity;

/// <summary>Signs what ACS sends: RS256 tokens for the resource, and the OpenID document and keys to verify them with.</summary>
internal sealed class AcsIdentity : IDisposable
{
    internal const string ConfigurationPath = "/calling/.well-known/acsopenidconfiguration";
    internal const string KeysPath = "/calling/keys";
    private static readonly TimeSpan CallbackLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MediaLifetime = TimeSpan.FromHours(24);

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly SigningCredentials _credentials;
    private readonly JsonWebTokenHandler _tokens = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly SimulatorOptions _options;
    private readonly TimeProvider _time;

    internal AcsIdentity(SimulatorOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var key = new RsaSecurityKey(_rsa) { KeyId = Guid.NewGuid().ToString("N") };
        _credentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256);
    }

    /// <summary>The issuer, which is where the documents are served.</summary>
    internal Uri Address { get; set; } = new("http://127.0.0.1");

    private string Issuer => Address.GetLeftPart(UriPartial.Authority);

    /// <summary>A new token for one callback: 5 minutes.</summary>
    internal string CallbackToken() => Token(CallbackLifetime);

    /// <summary>A new token for one media socket: 24 hours.</summary>
    internal string MediaToken() => Token(MediaLifetime);

    internal string OpenIdDocument() => new JsonObject
    {
        ["issuer"] = Issuer,
        ["jwks_uri"] = Issuer + KeysPath,
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
    }.ToJsonString();

    internal string KeySet()
    {
        var parameters = _rsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA",
                ["use"] = "sig",
                ["alg"] = "RS256",
                ["kid"] = _credentials.Key.KeyId,
                ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
                ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
            }),
        }.ToJsonString();
    }

    /// <summary>A token as ACS signs it, or with something about it that is wrong.</summary>
    internal string Token(TimeSpan lifetime, string? audience = null, string? issuer = null, TimeSpan age = default)
    {
        var now = _time.GetUtcNow().UtcDateTime - age;
        return _tokens.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Issuer,
            Audience = audience ?? _options.ResourceId,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + lifetime,
            SigningCredentials = _credentials,
            Claims = new Dictionary<string, object> { ["jti"] = Guid.NewGuid().ToString() },
        });
    }

    public void Dispose() => _rsa.Dispose();
}
