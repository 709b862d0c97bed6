using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>Whether tokens can be checked at all.</summary>
internal static class TokenKeys
{
    /// <summary>
    /// Whether the OpenID document with the keys is there, or can be had now. Without it the authentication handler refuses every token, as if it were a stranger's.
    /// </summary>
    public static async Task<bool> AreKnownAsync(JwtBearerOptions options, CancellationToken cancellationToken)
    {
        if (options.ConfigurationManager is not { } documents) return true;
        try
        {
            await documents.GetConfigurationAsync(cancellationToken);
            return true;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
