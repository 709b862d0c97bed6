using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Acs.Callbacks;

/// <summary>
/// Validates the tokens that Call Automation signs its callbacks with ("Secure webhook callbacks"): issuer and keys from its OpenID
/// document, audience the resource's immutable id, five minutes each. Other claims are not documented and not asked for.
/// </summary>
internal sealed class CallbackTokens(IOptions<AcsOptions> settings, TimeProvider time) : IConfigureNamedOptions<JwtBearerOptions>
{
    public const string Scheme = "AcsCallbacks";

    public void Configure(JwtBearerOptions options) => Configure(Scheme, options);

    public void Configure(string? name, JwtBearerOptions options)
    {
        if (name != Scheme) return;
        var document = settings.Value.OpenIdConfiguration;
        var retriever = new HttpDocumentRetriever(new HttpClient { Timeout = TimeSpan.FromSeconds(10) })
        {
            RequireHttps = !document.IsLoopback,
        };
        options.ConfigurationManager = new ConfigurationManager<OpenIdConnectConfiguration>(
            document.AbsoluteUri, new OpenIdConnectConfigurationRetriever(), retriever)
        {
            // A key that we do not know yet is looked for again, but not by whoever sends garbage.
            RefreshInterval = TimeSpan.FromSeconds(30),
        };
        options.RefreshOnIssuerKeyNotFound = true;
        options.RequireHttpsMetadata = !document.IsLoopback;
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = settings.Value.ResourceId,
            ValidateAudience = true,
            ValidateIssuer = true, // Against the document's issuer, which the handler adds.
            ValidateIssuerSigningKey = true,
            ValidateLifetime = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            // By the cluster's clock: this machine's may be wrong.
            LifetimeValidator = TokenLifetime.By(time),
        };
    }
}
