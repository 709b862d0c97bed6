using System.Buffers.Text;
using System.Text.Json;
using Azure.Core;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>What signs in to Redis: the identity's object id as the user, its token as the password.</summary>
internal sealed class RedisToken
{
    private RedisToken(string user, AccessToken token) => (User, Password, ExpiresOn) = (user, token.Token, token.ExpiresOn);

    public string User { get; }

    public string Password { get; }

    public DateTimeOffset ExpiresOn { get; }

    /// <summary>Reads the user from the token's <c>oid</c> claim; Redis checks the signature.</summary>
    /// <exception cref="FormatException">The token is not a JWT with that claim.</exception>
    public static RedisToken From(AccessToken token)
    {
        try
        {
            if (token.Token.Split('.') is [_, var payload, _])
            {
                using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
                if (claims.RootElement.TryGetProperty("oid", out var oid) && oid.GetString() is { Length: > 0 } user) return new RedisToken(user, token);
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // Said below, without anything of the token.
        }

        throw new FormatException("The token for Redis is not a JWT with an oid claim.");
    }
}
