using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace VoiceBridge.AppHost;

/// <summary>The resource <c>redis</c>, in whatever form there can be one.</summary>
internal static class ClusterRedis
{
    private const string Name = "redis";
    private const string EmbeddedCheck = "redis-server-ping";

    /// <summary>A container: where it is published, and here when a container runtime answers.</summary>
    // Loopback or a private network of containers: a certificate would only be one more thing that can be missing.
    public static IResourceBuilder<RedisResource> AddRedisContainer(this IDistributedApplicationBuilder builder) =>
        builder.AddRedis(Name).WithoutHttpsCertificate();

    /// <summary>The Redis server that VoiceBridge.Local carries inside, as a process.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddEmbeddedRedis(this IDistributedApplicationBuilder builder)
    {
        var server = builder.AddProject<Projects.VoiceBridge_Local>("redis-server", options =>
            {
                options.ExcludeLaunchProfile = true;
                options.ExcludeKestrelEndpoints = true;
            })
            .WithEndpoint(scheme: "tcp", name: "tcp")
            .WithoutHttpsCertificate();
        var endpoint = server.GetEndpoint("tcp");
        server.WithArgs(context =>
        {
            context.Args.Add("redis");
            context.Args.Add("--port");
            context.Args.Add(endpoint.Property(EndpointProperty.TargetPort));
        });

        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            EmbeddedCheck, _ => new PingHealthCheck(endpoint), failureStatus: null, tags: null));
        server.WithHealthCheck(EmbeddedCheck);

        return builder.AddConnectionString(Name, ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.HostAndPort)}"))
            .WaitFor(server);
    }
}
