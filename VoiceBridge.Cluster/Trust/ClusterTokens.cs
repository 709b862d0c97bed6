using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.Cluster.Trust;

/// <summary>Short-lived HS256 JWTs by which the cluster's services know each other.</summary>
public sealed class ClusterTokens
{
    private const int MaxTokenLength = 4_096;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly ClusterKeys _cluster;
    private readonly SymmetricSecurityKey[] _keys;
    private readonly string _issuer;
    private readonly TimeProvider _time;

    public ClusterTokens(ClusterKeys keys, IOptions<ClusterOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _cluster = keys;
        _keys = [.. keys.DeriveAll("cluster-token").Select(key => new SymmetricSecurityKey(key))];
        _issuer = $"voicebridge/{options.Value.Name}";
        _time = time;
    }

    /// <summary>A token for <paramref name="audience"/>, valid for 5 minutes.</summary>
    public string Issue(string audience)
    {
        ArgumentException.ThrowIfNullOrEmpty(audience);
        var now = _time.GetUtcNow().UtcDateTime;
        return _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = _issuer,
            Audience = audience,
            IssuedAt = now,
            NotBefore = now,
            Expires = now + Lifetime,
            SigningCredentials = new SigningCredentials(_keys[_cluster.Signing()], SecurityAlgorithms.HmacSha256),
        });
    }

    /// <summary>Whether <paramref name="token"/> is ours, for <paramref name="audience"/>, and not over; if not, why. Never throws.</summary>
    public bool TryVerify(string? token, string audience, out string? refusal)
    {
        refusal = Verify(token, audience);
        return refusal is null;
    }

    private string? Verify(string? token, string audience)
    {
        if (token is null || token.Length is 0 or > MaxTokenLength || !_handler.CanReadToken(token)) return "malformed";
        // Symmetric keys only: this completes at once.
        var result = _handler.ValidateTokenAsync(token, Parameters(audience)).GetAwaiter().GetResult();
        if (result.IsValid) return null;
        return result.Exception switch
        {
            SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException => "expired",
            SecurityTokenInvalidAudienceException => "wrong audience",
            SecurityTokenInvalidIssuerException => "wrong issuer",
            SecurityTokenInvalidSignatureException or SecurityTokenInvalidAlgorithmException => "wrong signature",
            _ => "malformed",
        };
    }

    private TokenValidationParameters Parameters(string audience) => new()
    {
        ValidIssuer = _issuer,
        ValidAudience = audience,
        IssuerSigningKeys = _keys,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireExpirationTime = true,
        // Not the library's own: that reads the system's clock.
        LifetimeValidator = (from, to, _, _) =>
        {
            var now = _time.GetUtcNow().UtcDateTime;
            return to is { } end && now < end + ClockSkew && (from is not { } start || now >= start - ClockSkew);
        },
    };
}
