using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Commands;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Api;
using VoiceBridge.Dashboard.Calls;
using VoiceBridge.Dashboard.Components;
using VoiceBridge.Dashboard.Components.Messages;
using VoiceBridge.Dashboard.EndedCalls;
using VoiceBridge.Dashboard.Talk;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.History;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.Limits;

namespace VoiceBridge.Dashboard;

/// <summary>Builds the service, for its own process, for Local and for the tests.</summary>
public static class DashboardApp
{
    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Named, so that its static files are found when another executable hosts it; by its own name then, not the host's.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ApplicationName = OwnFiles.Assembly, WebRootPath = OwnFiles.WebRoot });
        configure?.Invoke(builder);
        builder.WebHost.UseStaticWebAssets();
        builder.AddServiceDefaults("dashboard");
        builder.AddClusterRedis();
        builder.Services.AddCluster(builder.Configuration);
        builder.AddHistory();
        builder.AddSignIn();
        AddDashboard(builder);

        var app = builder.Build();
        UseDashboard(app);
        return app;
    }

    private static void AddDashboard(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<DashboardOptions>().BindConfiguration(DashboardOptions.Section)
            .Validate(options => options.MinInterval >= TimeSpan.FromMilliseconds(100), "Dashboard:MinInterval must be 0.1 s at least.")
            .Validate(options => options.PollInterval >= options.MinInterval, "Dashboard:PollInterval must not be less than Dashboard:MinInterval.")
            .Validate(options => options.RecentCalls is >= 0 and <= 5_000, "Dashboard:RecentCalls must be between 0 and 5000.")
            .Validate(options => options.TalkLimit > TimeSpan.Zero && options.TalkLimit <= TimeSpan.FromHours(1), "Dashboard:TalkLimit must be between 0 and 1 h.")
            .Validate(
                options => options.TraceUrl is not { Length: > 0 } url || (url.Contains("{traceId}", StringComparison.Ordinal) && Uri.TryCreate(url, UriKind.Absolute, out var trace) && trace.Scheme is "http" or "https"),
                "Dashboard:TraceUrl must be an http or https address with {traceId} in it.")
            .ValidateOnStart();
        // People begin without a credential: a flood from one address keeps nobody else from signing in.
        services.AddLimitedEntry("", "dashboard", SignIn.IsAuthenticatedAsync, unauthenticatedByAddress: true);
        services.AddSingleton<AlertLog>();
        services.AddSingleton<CallCache>();
        services.AddSingleton<SnapshotReader>();
        services.AddSingleton<ClusterSnapshotService>();
        services.TryAddSingleton<ISnapshotSource>(provider => provider.GetRequiredService<ClusterSnapshotService>());
        services.AddHostedService(provider => provider.GetRequiredService<ClusterSnapshotService>());
        services.AddScoped<Viewer>();
        services.AddSingleton<OperatorTimeline>();
        services.AddScoped<OperatorActions>();
        services.AddScoped<CallReader>();
        services.AddSingleton<ICallTurns, CallTurns>();
        services.AddScoped<WordSearch>();
        services.AddScoped<EndedCallReader>();
        services.AddScoped<EraseAction>();
        services.AddScoped<WebhookDesk>();
        services.AddScoped<TalkDesk>();
        services.AddHttpClient<CallControlClient>();

        services.AddDataProtection().SetApplicationName(OwnFiles.Assembly);
        services.AddSingleton<IXmlRepository>(provider =>
            ActivatorUtilities.CreateInstance<RedisXmlRepository>(
                provider, new Func<IConnectionMultiplexer>(provider.GetRequiredService<IConnectionMultiplexer>), new Func<ClusterKeys>(provider.GetRequiredService<ClusterKeys>)));
        // SignIn logs what is posted to it without success, at a bounded rate.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.Error);
        // Three lines for each request while the directory is away; what failed is logged by whoever fails, at a bounded rate.
        builder.Logging.AddFilter("Microsoft.IdentityModel", LogLevel.None);
        // It warns that no IXmlEncryptor is configured: the repository encrypts, and not only a part of each element.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((options, repository) => options.XmlRepository = repository);

        services.AddScoped<Dialogs>();
        services.AddScoped<Toasts>();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddOpenApi();
    }

    private static void UseDashboard(WebApplication app)
    {
        app.UseSecurityHeaders(app.Configuration[TalkDesk.UrlSetting], app.Configuration[SignIn.InstanceSetting]);
        if (!app.Environment.IsDevelopment()) app.UseExceptionHandler("/not-found", createScopeForErrors: true);
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            // Only people who open a page are shown a page instead of a status.
            var page = HttpMethods.IsGet(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api");
            if (!page && context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next(context);
        });
        app.UseSignInFailures();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseHubOrigin();
        app.UseAntiforgery();

        app.MapDefaultEndpoints();
        app.MapStaticAssets(OwnFiles.Manifest);
        app.MapSignOut();
        app.MapClusterApi();
        app.MapHistoryApi();
        app.MapHistoryExport();
        app.MapOpenApi().RequireAuthorization(Policies.Read);
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization(Policies.Read)
            .WithStaticAssets(OwnFiles.Manifest);
    }
}
