using System.Globalization;
using Aspire.Hosting.Azure;
using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>
/// The Azure that a deployment makes: ACS and AI Services from the templates under infra/, used with managed identities, so that there
/// is no key of theirs to keep. Settings of the AppHost: <c>Acs:ExistingName</c>, <c>Acs:DataLocation</c>, <c>VoiceLive:Model</c> and
/// <c>VoiceLive:Locations:0..n</c>, one AI Services account for each (docs/deploy.md).
/// </summary>
internal sealed class ProvisionedAzure(IDistributedApplicationBuilder builder)
{
    private const string DefaultModel = "gpt-realtime";

    /// <summary>Gives the services what they may use, and tells them where it is.</summary>
    public void IsUsedBy(Picture picture)
    {
        var (callcontrol, mediagateway, dashboard) = (picture.CallControl, picture.MediaGateway, picture.Dashboard);
        var phone = builder.AddAzureUserAssignedIdentity("callcontrol-mi");
        var voice = builder.AddAzureUserAssignedIdentity("mediagateway-mi");

        var acs = builder.AddBicepTemplate("acs", "../infra/acs.bicep")
            .WithParameter("existingName", builder.Configuration.GetValue("Acs:ExistingName", ""))
            .WithParameter("dataLocation", builder.Configuration.GetValue("Acs:DataLocation", "United States"))
            .WithParameter("callControlPrincipalId", phone.Resource.PrincipalId);

        callcontrol
            .WithAzureUserAssignedIdentity(phone)
            .WithEnvironment("CallControl__PublicUrl", callcontrol.GetEndpoint(Services.Http))
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress())
            .WithEnvironment("Acs__Endpoint", acs.GetOutput("endpoint"))
            .WithEnvironment("Acs__ResourceId", acs.GetOutput("immutableResourceId"));
        mediagateway
            .WithAzureUserAssignedIdentity(voice)
            .WithEnvironment("Acs__ResourceId", acs.GetOutput("immutableResourceId"))
            .WithEnvironment("Web__AllowedOrigins__0", dashboard.GetEndpoint(Services.Http));
        dashboard
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress())
            .WithSignIn(acs.GetOutput("tenantId"));

        var model = builder.Configuration.GetValue("VoiceLive:Model", DefaultModel);
        foreach (var (index, location) in Locations().Index())
        {
            var number = index.ToString(CultureInfo.InvariantCulture);
            var account = builder.AddBicepTemplate($"ai-{number}", "../infra/ai-services.bicep")
                .WithParameter("index", number)
                .WithParameter("accountLocation", location)
                .WithParameter("gatewayPrincipalId", voice.Resource.PrincipalId);
            mediagateway
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Name", account.GetOutput("name"))
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Url", account.GetOutput("endpoint"))
                .WithEnvironment($"VoiceLive__Endpoints__{number}__Model", model);
        }
    }

    // None given: one account, in the region of everything else.
    private string[] Locations() => builder.Configuration.GetSection("VoiceLive:Locations").Get<string[]>() is { Length: > 0 } given ? given : [""];
}
