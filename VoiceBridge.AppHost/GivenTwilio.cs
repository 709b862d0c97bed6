using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>A Twilio account, beside ACS or instead of it: <c>Twilio:AccountSid</c> names it, and <c>Parameters:twilio-auth-token</c> is its secret.</summary>
internal static class GivenTwilio
{
    private const string AccountSid = "Twilio:AccountSid";

    public static bool IsGiven(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[AccountSid]);

    /// <summary>Tells the services of the account, where there is one. <paramref name="mediaUrl"/> is the address over which it signs its media sockets.</summary>
    public static void IsUsedBy(IDistributedApplicationBuilder builder, Picture picture, ReferenceExpression mediaUrl)
    {
        if (!IsGiven(builder.Configuration)) return;
        var token = builder.AddParameter("twilio-auth-token", secret: true).WithDescription("The primary auth token of the Twilio account.");
        foreach (var service in (IResourceBuilder<ProjectResource>[])[picture.CallControl, picture.MediaGateway])
            service.WithEnvironment("Twilio__AccountSid", builder.Configuration[AccountSid]).WithEnvironment("Twilio__AuthToken", token);
        picture.MediaGateway.WithEnvironment("Twilio__MediaUrl", mediaUrl);
    }
}
