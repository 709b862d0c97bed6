namespace VoiceBridge.AppHost;

/// <summary>The resource <c>history</c>: where ended calls are kept. Without a container engine there is none, and nothing is kept.</summary>
internal static class HistoryServer
{
    /// <summary>The name of the connection string.</summary>
    public const string Name = "history";

    /// <summary>PostgreSQL in a container. Where it is published its files are a volume; here they go with the container.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddHistoryContainer(this IDistributedApplicationBuilder builder)
    {
        var server = builder.AddPostgres("postgres");
        if (builder.ExecutionContext.IsPublishMode) server.WithDataVolume();
        return server.AddDatabase(Name, "voicebridge");
    }
}
