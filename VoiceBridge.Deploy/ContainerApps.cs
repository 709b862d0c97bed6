using Azure.Provisioning;
using Azure.Provisioning.AppContainers;
using Azure.Provisioning.Expressions;

namespace VoiceBridge.AppHost;

/// <summary>How the services run in Azure Container Apps.</summary>
internal static class ContainerApps
{
    // Calls per gateway that the autoscaler aims at. A gateway takes 100, and admission keeps a tenth free: 70 leaves time to start one.
    private const string CallsPerGateway = "70";
    private const int GraceSeconds = 600; // Picture.DrainSeconds and a little.

    /// <summary>Adds the environment, its logs and Application Insights, and shapes the services.</summary>
    public static void PublishToContainerApps(
        this IDistributedApplicationBuilder builder,
        Picture picture)
    {
        var (callcontrol, mediagateway, dashboard) = (picture.CallControl, picture.MediaGateway, picture.Dashboard);
        var logs = builder.AddAzureLogAnalyticsWorkspace("logs");
        var environment = builder.AddAzureContainerAppEnvironment("aca").WithAzureLogAnalyticsWorkspace(logs);
        var insights = builder.AddAzureApplicationInsights("insights").WithLogAnalyticsWorkspace(logs);
        var domain = environment.GetOutput("AZURE_CONTAINER_APPS_ENVIRONMENT_DEFAULT_DOMAIN");

        callcontrol.WithReference(insights).PublishAsAzureContainerApp((_, app) =>
        {
            Size(app, 0.5, "1Gi");
            // Two, so that one is there while the other is replaced: nobody else can answer the phone.
            app.Template.Scale.MinReplicas = 2;
            app.Template.Scale.MaxReplicas = 10;
            app.Template.TerminationGracePeriodSeconds = 60;
        });

        mediagateway.WithReference(insights).PublishAsAzureContainerApp((infrastructure, app) =>
        {
            Size(app, 2.0, "4Gi");
            app.Template.Scale.MinReplicas = 1;
            app.Template.Scale.MaxReplicas = 10;
            app.Template.Scale.PollingInterval = 15;
            app.Template.Scale.Rules.Add(RequestRule());
            app.Template.Scale.Rules.Add(CallRule(domain.AsProvisioningParameter(infrastructure)));
            app.Template.TerminationGracePeriodSeconds = GraceSeconds;
        });

        dashboard.WithReference(insights).PublishAsAzureContainerApp((_, app) =>
        {
            Size(app, 0.5, "1Gi");
            // A page lives on the replica that rendered it.
            app.Configuration.Ingress.StickySessionsAffinity = StickySessionAffinity.Sticky;
            app.Template.Scale.MinReplicas = 1;
            app.Template.Scale.MaxReplicas = 2;
        });
    }

    private static void Size(ContainerApp app, double cpu, string memory) =>
        app.Template.Containers[0].Value!.Resources = new AppContainerResources { Cpu = cpu, Memory = memory };

    // Requests of the last 15 s divided by 15: it sees a rush of new sockets, but not those that last.
    private static ContainerAppScaleRule RequestRule() => new()
    {
        Name = "http-scaler",
        Http = new ContainerAppHttpScaleRule { Metadata = new BicepDictionary<string> { ["concurrentRequests"] = "100" } },
    };

    // KEDA's metrics-api scaler: as many replicas as the calls that CallControl counts, open, reserved or waiting, need.
    // https://keda.sh/docs/latest/scalers/metrics-api/
    private static ContainerAppScaleRule CallRule(ProvisioningParameter domain) => new()
    {
        Name = "calls",
        Custom = new ContainerAppCustomScaleRule
        {
            CustomScaleRuleType = "metrics-api",
            Metadata = new BicepDictionary<string>
            {
                ["url"] = BicepFunction.Interpolate($"https://callcontrol.{domain}/scale"),
                ["format"] = "json",
                ["valueLocation"] = "demand",
                ["targetValue"] = CallsPerGateway,
                ["authMode"] = "apiKey",
                ["method"] = "header",
                ["keyParamName"] = "X-Api-Key",
            },
            // The secret that Aspire publishes the environment variable Ops__ApiKeys__0 as.
            Auth = [new ContainerAppScaleRuleAuth { SecretRef = "ops--apikeys--0", TriggerParameter = "apiKey" }],
        },
    };
}
