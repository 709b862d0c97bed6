using System.Globalization;
using Aspire.Hosting.Azure;
using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>
/// The Azure that a deployment makes: ACS, where it is wanted, and AI Services from the templates under infra/. They, Redis and the history's database are used with managed identities,
/// so that there is no key of theirs to keep. Settings of VoiceBridge.Deploy: <c>Acs:ExistingName</c>, <c>Acs:DataLocation</c>,
/// <c>VoiceLive:Model</c> and <c>VoiceLive:Locations:0..n</c>, one AI Services account for each (docs/deploy.md).
/// </summary>
internal sealed class ProvisionedAzure(IDistributedApplicationBuilder builder)
{
    private const string DefaultModel = "gpt-realtime";

    /// <summary>Gives the services what they may use, and tells them where it is.</summary>
    public void IsUsedBy(Picture picture, IResourceBuilder<AzureManagedRedisResource> redis, bool keepsHistory)
    {
        var (callcontrol, mediagateway, dashboard) = (picture.CallControl, picture.MediaGateway, picture.Dashboard);
        var phone = AddIdentity(callcontrol);
        var voice = AddIdentity(mediagateway);
        var pages = AddIdentity(dashboard);
        var access = builder.AddBicepTemplate("redis-access", "../infra/redis-access.bicep")
            .WithParameter("redisName", redis.Resource.NameOutputReference)
            .WithParameter("callControlPrincipalId", phone.PrincipalId)
            .WithParameter("gatewayPrincipalId", voice.PrincipalId)
            .WithParameter("dashboardPrincipalId", pages.PrincipalId);

        if (keepsHistory) AddHistory((callcontrol, phone), (dashboard, pages));

        callcontrol
            .WithEnvironment("CallControl__PublicUrl", callcontrol.GetEndpoint(Services.Http))
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress());
        mediagateway.WithEnvironment("Web__AllowedOrigins__0", dashboard.GetEndpoint(Services.Http));
        dashboard
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress())
            .WithSignIn(access.GetOutput("tenantId"));

        if (AcsIsWanted) AddAcs(callcontrol, mediagateway, phone);
        GivenTwilio.IsUsedBy(builder, picture, mediagateway.SocketAddress());

        var model = builder.Configuration.GetValue("VoiceLive:Model", DefaultModel);
        foreach (var (index, location) in Locations().Index())
        {
            var number = index.ToString(CultureInfo.InvariantCulture);
            var account = builder.AddBicepTemplate($"ai-{number}", "../infra/ai-services.bicep")
                .WithParameter("index", number)
                .WithParameter("accountLocation", location)
                .WithParameter("gatewayPrincipalId", voice.PrincipalId);
            mediagateway
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Name", account.GetOutput("name"))
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Url", account.GetOutput("endpoint"))
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Model", model);
        }
    }

    // Whoever has Twilio and says nothing of ACS has no use for it.
    private bool AcsIsWanted => !GivenTwilio.IsGiven(builder.Configuration)
        || !string.IsNullOrEmpty(builder.Configuration["Acs:ExistingName"]) || !string.IsNullOrEmpty(builder.Configuration["Acs:DataLocation"]);

    private void AddAcs(IResourceBuilder<ProjectResource> callcontrol, IResourceBuilder<ProjectResource> mediagateway, AzureUserAssignedIdentityResource phone)
    {
        var acs = builder.AddBicepTemplate("acs", "../infra/acs.bicep")
            .WithParameter("existingName", builder.Configuration.GetValue("Acs:ExistingName", ""))
            .WithParameter("dataLocation", builder.Configuration.GetValue("Acs:DataLocation", "United States"))
            .WithParameter("callControlPrincipalId", phone.PrincipalId);
        callcontrol
            .WithEnvironment("Acs__Endpoint", acs.GetOutput("endpoint"))
            .WithEnvironment("Acs__ResourceId", acs.GetOutput("immutableResourceId"));
        mediagateway.WithEnvironment("Acs__ResourceId", acs.GetOutput("immutableResourceId"));
    }

    /// <summary>A PostgreSQL server that knows no passwords. Its administrators are the two services that use it; what either makes belongs to the role that both are in.</summary>
    private void AddHistory(params (IResourceBuilder<ProjectResource> Service, AzureUserAssignedIdentityResource Identity)[] users)
    {
        var server = builder.AddBicepTemplate("history", "../infra/history.bicep")
            .WithParameter("callControlPrincipalId", users[0].Identity.PrincipalId)
            .WithParameter("dashboardPrincipalId", users[1].Identity.PrincipalId);
        foreach (var (service, user) in users.Zip((string[])["callControlUser", "dashboardUser"], (used, output) => (used.Service, output)))
        {
            service
                .WithEnvironment("ConnectionStrings__history", ReferenceExpression.Create(
                    $"Host={server.GetOutput("host")};Database={server.GetOutput("database")};Username={server.GetOutput(user)};SSL Mode=VerifyFull;Options=-c role=azure_pg_admin"))
                .WithEnvironment("History__EntraId", "true");
        }
    }

    // With it a service signs in to Redis, and to whatever else it is given a role for. Aspire sets AZURE_CLIENT_ID.
    private AzureUserAssignedIdentityResource AddIdentity(IResourceBuilder<ProjectResource> service)
    {
        var identity = builder.AddAzureUserAssignedIdentity($"{service.Resource.Name}-mi");
        service.WithAzureUserAssignedIdentity(identity).WithEnvironment("Redis__EntraId", "true");
        return identity.Resource;
    }

    // None given: one account, in the region of everything else.
    private string[] Locations() => builder.Configuration.GetSection("VoiceLive:Locations").Get<string[]>() is { Length: > 0 } given ? given : [""];
}
