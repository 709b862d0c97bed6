using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>Checks the signed token that ACS sends with the upgrade request of a media socket
/// (Call Automation, "Secure the WebSocket": RS256, audience = the resource's immutable id, 24 hours).</summary>
internal sealed class AcsTokenValidator
{
    private const string Scheme = "Bearer ";
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    private readonly AcsOptions _options;
    private readonly ConfigurationManager<OpenIdConnectConfiguration> _document;

    public AcsTokenValidator(IOptions<AcsOptions> options)
    {
        _options = options.Value;
        var address = new Uri(_options.OpenIdConfiguration);
        _document = new ConfigurationManager<OpenIdConnectConfiguration>(_options.OpenIdConfiguration, new OpenIdConnectConfigurationRetriever(),
            // Upgrades wait for the document: it must not be for long.
            new HttpDocumentRetriever(new HttpClient(PoolThreads.Handler()) { Timeout = TimeSpan.FromSeconds(10) }) { RequireHttps = !address.IsLoopback });
    }

    /// <summary>Whether there is anything to check against.</summary>
    public bool Configured => !string.IsNullOrWhiteSpace(_options.ResourceId);

    /// <summary>Null when the token is ACS's and meant for us, else why not.</summary>
    public async Task<string?> RefuseAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(authorization) || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return "no token";
        var token = authorization[Scheme.Length..].Trim();
        try
        {
            var result = await ValidateAsync(token, cancellationToken);
            if (result.Exception is SecurityTokenSignatureKeyNotFoundException)
            {
                // The keys may have been rotated since the document was read.
                _document.RequestRefresh();
                result = await ValidateAsync(token, cancellationToken);
            }
            return result.IsValid ? null : result.Exception?.GetType().Name ?? "invalid";
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException or SecurityTokenException or ArgumentException)
        {
            return $"the OpenID document cannot be read ({exception.GetType().Name})";
        }
    }

    private async Task<TokenValidationResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        var document = await _document.GetConfigurationAsync(cancellationToken);
        return await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = document.Issuer,
            ValidAudience = _options.ResourceId,
            IssuerSigningKeys = document.SigningKeys,
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.FromMinutes(1),
        });
    }
}
