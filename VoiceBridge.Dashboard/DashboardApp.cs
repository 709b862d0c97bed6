using VoiceBridge.Dashboard.Components;
namespace VoiceBridge.Dashboard;

/// <summary>Builds the service, for its own process, for Local and for the tests.</summary>
public static class DashboardApp
{
    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        var app = builder.Build();
        app.MapStaticAssets();
        app.UseAntiforgery();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        return app;
    }
}
