using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace VoiceBridge.AppHost;

/// <summary>How the services run from a Compose file: one of each on one machine, behind a proxy that ends TLS (docs/deploy.md).</summary>
internal static class Compose
{
    private const int CallControlPort = 8080;
    private const int GatewayPort = 8081;
    private const int DashboardPort = 8082;

    /// <summary>Adds the environment, gives each service a port for the proxy, and a gateway time to drain.</summary>
    public static void PublishToCompose(
        this IDistributedApplicationBuilder builder,
        Picture picture)
    {
        var (callcontrol, mediagateway, dashboard) = (picture.CallControl, picture.MediaGateway, picture.Dashboard);
        builder.AddDockerComposeEnvironment("compose");
        callcontrol.PublishAsDockerComposeService((_, service) => Shape(service, CallControlPort, "60s"));
        mediagateway.PublishAsDockerComposeService((_, service) => Shape(service, GatewayPort, "600s"));
        dashboard.PublishAsDockerComposeService((_, service) => Shape(service, DashboardPort, "10s"));
    }

    // On loopback only: what comes from outside comes through the proxy.
    private static void Shape(Service service, int hostPort, string grace)
    {
        service.Ports = [.. service.Ports.Select(containerPort => $"127.0.0.1:{hostPort}:{containerPort}")];
        service.Restart = "unless-stopped";
        service.StopGracePeriod = grace;
    }
}
