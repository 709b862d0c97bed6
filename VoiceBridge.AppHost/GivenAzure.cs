using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>
/// An Azure that exists already, and the addresses at which it reaches us (a development tunnel, a reverse proxy): parameters, from the
/// AppHost's user secrets as <c>Parameters:acs-connection-string</c> and so on, or from the environment file of Compose.
/// </summary>
internal sealed class GivenAzure(IDistributedApplicationBuilder builder)
{
    private const string ConnectionString = "acs-connection-string";
    private const string DefaultModel = "gpt-realtime";

    /// <summary>Whether Azure's settings are given; the connection string of ACS decides.</summary>
    public static bool IsGiven(IConfiguration configuration) => !string.IsNullOrEmpty(configuration[$"Parameters:{ConnectionString}"]);

    /// <summary>Tells the services where Azure is, and where Azure finds them.</summary>
    public void IsUsedBy(Picture picture)
    {
        var (callcontrol, mediagateway, dashboard) = (picture.CallControl, picture.MediaGateway, picture.Dashboard);
        var voiceLiveUrl = builder.AddParameter("voicelive-url")
            .WithDescription("https://<account>.services.ai.azure.com");
        var voiceLiveKey = builder.AddParameter("voicelive-key", secret: true)
            .WithDescription("A key of that account.");
        var callControlUrl = builder.AddParameter("callcontrol-public-url")
            .WithDescription("https address at which Azure reaches CallControl.");
        var mediaUrl = builder.AddParameter("media-public-url")
            .WithDescription("wss address at which Azure reaches the gateways.");

        callcontrol
            .WithEnvironment("CallControl__PublicUrl", callControlUrl)
            .WithEnvironment("Media__PublicUrl", mediaUrl);
        // Whoever has no resource of ACS has Twilio.
        if (IsGiven(builder.Configuration) || !GivenTwilio.IsGiven(builder.Configuration)) AddAcs(callcontrol, mediagateway);
        GivenTwilio.IsUsedBy(builder, picture, ReferenceExpression.Create($"{mediaUrl}"));
        mediagateway
            .WithEnvironment("VoiceLive__Endpoints__0__Name", "voicelive")
            .WithEnvironment("VoiceLive__Endpoints__0__Url", voiceLiveUrl)
            .WithEnvironment("VoiceLive__Endpoints__0__Model", builder.Configuration.GetValue("VoiceLive:Model", DefaultModel))
            .WithEnvironment("VoiceLive__Endpoints__0__Key", voiceLiveKey);
        dashboard.WithEnvironment("Media__PublicUrl", mediaUrl);

        // The origin of the pages from which people talk to the agent: the proxy's address where there is one.
        if (builder.ExecutionContext.IsPublishMode)
        {
            var dashboardUrl = builder.AddParameter("dashboard-public-url").WithDescription("https address of the dashboard.");
            mediagateway.WithEnvironment("Web__AllowedOrigins__0", dashboardUrl);
            dashboard.WithSignIn(builder.AddParameter("entra-tenant-id").WithDescription("The directory whose users may sign in to the dashboard.").Resource);
        }
        else
        {
            mediagateway.WithEnvironment("Web__AllowedOrigins__0", dashboard.GetEndpoint(Services.Http));
        }
    }

    private void AddAcs(IResourceBuilder<ProjectResource> callcontrol, IResourceBuilder<ProjectResource> mediagateway)
    {
        var connectionString = builder.AddParameter(ConnectionString, secret: true)
            .WithDescription("Connection string of the Communication Services resource.");
        var resourceId = builder.AddParameter("acs-resource-id")
            .WithDescription("Its immutable resource id, a GUID (`immutableResourceId` in the portal's JSON view).");
        callcontrol.WithEnvironment("Acs__ConnectionString", connectionString).WithEnvironment("Acs__ResourceId", resourceId);
        mediagateway.WithEnvironment("Acs__ResourceId", resourceId);
    }
}
