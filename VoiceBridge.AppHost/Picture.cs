namespace VoiceBridge.AppHost;

/// <summary>
/// VoiceBridge as one picture. A call rings at callcontrol, which answers it; its audio then comes to a mediagateway, which bridges it to
/// Voice Live. Redis is all that the replicas share.
/// </summary>
internal sealed class Picture
{
    private const string DrainSeconds = "570";

    /// <summary>
    /// Draws it in <paramref name="builder"/>, around <paramref name="redis"/>. <paramref name="callControl"/> may be another host of CallControl, and
    /// <paramref name="history"/> a database for ended calls.
    /// </summary>
    public Picture(
        IDistributedApplicationBuilder builder, IResourceBuilder<IResourceWithConnectionString> redis, Keys keys,
        IResourceBuilder<ProjectResource>? callControl = null, IResourceBuilder<IResourceWithConnectionString>? history = null)
    {
        MediaGateway = builder.AddService<Projects.VoiceBridge_MediaGateway>("mediagateway")
            .WithReplicas(2)
            .WithExternalHttpEndpoints()
            .WithReadiness("/ready")
            .WithReference(redis).WaitFor(redis)
            .WithClusterKeys(keys)
            .WithLink("/stats", "Calls of one replica");

        CallControl = (callControl ?? builder.AddService<Projects.VoiceBridge_CallControl>("callcontrol"))
            .WithReplicas(2)
            .WithExternalHttpEndpoints()
            .WithReplicasHealthCheck("/health")
            .WithReference(redis).WaitFor(redis)
            .WaitFor(MediaGateway)
            .WithClusterKeys(keys)
            .WithEnvironment("EventGrid__Keys__0", keys.EventGrid)
            .WithEnvironment("EventGrid__SubscriptionName", Keys.SubscriptionName)
            .WithLink("/stats", "Calls of the cluster");

        Dashboard = builder.AddService<Projects.VoiceBridge_Dashboard>("dashboard")
            .WithExternalHttpEndpoints()
            .WithReplicasHealthCheck("/alive")
            .WithReference(redis).WaitFor(redis)
            .WithClusterKeys(keys)
            .WithEnvironment("CallControl__Url", CallControl.GetEndpoint("http"))
            .WithLink("/", "Calls, gateways, capacity")
            .WithLink("/talk", "Talk to the agent");

        // Nobody waits for it: calls need none.
        if (history is not null)
        {
            CallControl.WithReference(history, HistoryServer.Name);
            Dashboard.WithReference(history, HistoryServer.Name);
        }

        // Aspire's own dashboard shows the traces of a run.
        if (builder.ExecutionContext.IsRunMode && builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } aspire)
            Dashboard.WithEnvironment("Dashboard__TraceUrl", $"{aspire.TrimEnd('/')}/traces/detail/{{traceId}}");
        // Where it is published, a gateway keeps its calls for so long after it was told to stop, a little less than the platform gives it.
        if (builder.ExecutionContext.IsPublishMode) MediaGateway.WithEnvironment("Drain__Seconds", DrainSeconds);
        // Gateways only: nobody else takes commands over HTTP.
        if (keys.Command is not null) MediaGateway.WithEnvironment("Ops__CommandKeys__0", keys.Command);
        MediaGateway.WithEnvironment("CallControl__Url", CallControl.GetEndpoint("http"));
    }

    public IResourceBuilder<ProjectResource> MediaGateway { get; }

    public IResourceBuilder<ProjectResource> CallControl { get; }

    public IResourceBuilder<ProjectResource> Dashboard { get; }
}
