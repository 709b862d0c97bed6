using Microsoft.IdentityModel.Tokens;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>Whether a token of another service is valid now. The library's own check reads the machine's clock, which may be wrong.</summary>
public static class TokenLifetime
{
    /// <summary>How far the issuer's clock may be off.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>A token needs an end. One that is not valid is an exception that says why, as the library's own check throws it.</summary>
    public static LifetimeValidator By(TimeProvider time) => (from, to, _, _) =>
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (to is not { } end) throw new SecurityTokenNoExpirationException("The token has no end.");
        if (now >= end + Skew) throw new SecurityTokenExpiredException("The token has expired.");
        if (from is { } start && now < start - Skew) throw new SecurityTokenNotYetValidException("The token is not valid yet.");
        return true;
    };
}
