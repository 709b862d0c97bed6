namespace VoiceBridge.MediaGateway;

/// <summary>Builds the service, for its own process, for Local and for the tests.</summary>
public static class MediaGatewayApp
{
    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        return builder.Build();
    }
}
