using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VoiceBridge.AppHost;

/// <summary>What every service of the picture has in common.</summary>
internal static class Services
{
    /// <summary>The only endpoint of a service.</summary>
    public const string Http = "http";

    /// <summary>Asks processes of this machine, whatever proxy the environment names.</summary>
    public static HttpMessageInvoker Loopback { get; } = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>A service: one HTTP endpoint, whatever launch profiles its project may have, and a liveness probe.</summary>
    public static IResourceBuilder<ProjectResource> AddService<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var service = builder.AddProject<TProject>(name, options =>
            {
                options.ExcludeLaunchProfile = true;
                options.ExcludeKestrelEndpoints = true;
            })
            .WithHttpEndpoint(name: Http)
            // Plain http on this machine, TLS at the ingress elsewhere: no developer's certificate is missed.
            .WithoutHttpsCertificate();

        // Without a launch profile nothing else says it, and a service that is not told is in Production, with all its guards.
        return builder.ExecutionContext.IsRunMode
            ? service.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            : service.WithLiveness();
    }

    /// <summary>The keys of the cluster, and where it is published those of its operators.</summary>
    public static IResourceBuilder<ProjectResource> WithClusterKeys(this IResourceBuilder<ProjectResource> service, Keys keys)
    {
        service.WithEnvironment("Cluster__Keys__0", keys.Cluster);
        return keys.Ops is null ? service : service.WithEnvironment("Ops__ApiKeys__0", keys.Ops);
    }

    /// <summary>A replica is sent nothing new while its <paramref name="path"/> does not answer 200.</summary>
    // A probe is a health check too, through the proxy that replicas share: on this machine each is asked itself instead.
    public static IResourceBuilder<ProjectResource> WithReadiness(this IResourceBuilder<ProjectResource> service, string path) =>
        service.ApplicationBuilder.ExecutionContext.IsRunMode
            ? service.WithReplicasHealthCheck(path)
            : service.WithHttpProbe(ProbeType.Readiness, path, initialDelaySeconds: 2, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2);

    /// <summary>Healthy, so that others need not wait any more, when <paramref name="path"/> of each replica answers 200.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicasHealthCheck(this IResourceBuilder<ProjectResource> service, string path)
    {
        var services = service.ApplicationBuilder.Services;
        var key = $"{service.Resource.Name}-replicas";
        Replicas.AddTo(services);
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            key, provider => new ReplicasHealthCheck(provider.GetRequiredService<Replicas>(), Loopback, service.Resource, path), failureStatus: null, tags: null));
        return service.WithHealthCheck(key);
    }

    /// <summary>A link on the Aspire dashboard.</summary>
    public static IResourceBuilder<ProjectResource> WithLink(this IResourceBuilder<ProjectResource> service, string path, string text) =>
        service.WithUrlForEndpoint(Http, _ => new ResourceUrlAnnotation { Url = path, DisplayText = text });

    /// <summary>Where <paramref name="service"/> is, as a WebSocket address: <c>ws://</c> on this machine, <c>wss://</c> behind an ingress.</summary>
    public static ReferenceExpression SocketAddress(this IResourceBuilder<ProjectResource> service)
    {
        var endpoint = service.GetEndpoint(Http);
        return service.ApplicationBuilder.ExecutionContext.IsRunMode
            ? ReferenceExpression.Create($"ws://{endpoint.Property(EndpointProperty.HostAndPort)}")
            : ReferenceExpression.Create($"wss://{endpoint.Property(EndpointProperty.Host)}");
    }

    // A process under load may answer late: only one that has not answered for a minute is restarted, with all its calls.
    private static IResourceBuilder<ProjectResource> WithLiveness(this IResourceBuilder<ProjectResource> service) =>
        service.WithHttpProbe(ProbeType.Liveness, "/alive", initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6);
}
