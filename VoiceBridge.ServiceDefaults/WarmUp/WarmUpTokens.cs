using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.ServiceDefaults.WarmUp;

/// <summary>Issues tokens as ACS does (RS256, an OpenID document, a key set), so that checking them is exercised too.</summary>
public sealed class WarmUpTokens : IDisposable
{
    /// <summary>The audience of the tokens: <c>Acs:ResourceId</c> of the service under warm-up.</summary>
    public const string ResourceId = "00000000-0000-4000-8000-000000000000";

    private const string KeyId = "warm-up";
    private const string DocumentPath = "/openid";
    private const string KeysPath = "/openid/keys";

    private readonly RSA _rsa = RSA.Create(2048);
    private Uri? _issuer;

    /// <summary>The document's address: <c>Acs:OpenIdConfiguration</c>. <paramref name="peer"/> listens.</summary>
    public Uri DocumentOf(Uri peer)
    {
        _issuer = peer;
        return new Uri(peer, DocumentPath);
    }

    /// <summary>Serves the document and the keys.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(DocumentPath, () => Results.Json(new Dictionary<string, string> { ["issuer"] = Issuer, ["jwks_uri"] = new Uri(_issuer!, KeysPath).ToString() }));
        routes.MapGet(KeysPath, () =>
        {
            var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_rsa.ExportParameters(includePrivateParameters: false)));
            return Results.Json(new Dictionary<string, object[]>
            {
                ["keys"] = [new Dictionary<string, string> { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = KeyId, ["n"] = key.N, ["e"] = key.E }],
            });
        });
    }

    /// <summary>A token that is valid for some minutes.</summary>
    public string Issue() => new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = ResourceId,
        SigningCredentials = new SigningCredentials(new RsaSecurityKey(_rsa) { KeyId = KeyId }, SecurityAlgorithms.RsaSha256),
    });

    public void Dispose() => _rsa.Dispose();

    private string Issuer => _issuer!.ToString();
}
