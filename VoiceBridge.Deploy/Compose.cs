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
        // Aspire's dashboard would listen on all addresses. OTEL_EXPORTER_OTLP_ENDPOINT sends telemetry to one, or anywhere else.
        builder.AddDockerComposeEnvironment("compose").WithDashboard(enabled: false);
        // Redis has a password, but no certificate: only the network of Compose reaches it.
        foreach (var service in (IResourceBuilder<ProjectResource>[])[callcontrol, mediagateway, dashboard])
            service.WithEnvironment("Redis__AllowPlaintext", "true");
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
