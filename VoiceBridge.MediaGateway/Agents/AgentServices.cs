using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Tools.Http;
using VoiceBridge.MediaGateway.Tools.Mcp;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Registers the agents.</summary>
internal static class AgentServices
{
    /// <summary>Adds what <see cref="ICallAgentFactory"/> needs, beside the cluster and the service defaults. The start fails when the agent
    /// settings have mistakes, naming all of them.</summary>
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<AgentSettings>().ValidateOnStart();
        services.AddSingleton<IOptionsFactory<AgentSettings>, AgentSettingsFactory>();
        services.AddSingleton<AgentSettingsMonitor>();
        services.AddSingleton<McpServers>();
        services.AddHostedService(provider => provider.GetRequiredService<McpServers>());
        services.AddSingleton<CallJournal>();
        services.AddSingleton<ICallJournal>(provider => provider.GetRequiredService<CallJournal>());
        services.AddHostedService(provider => provider.GetRequiredService<CallJournal>());
        services.AddScoped<CallContext>();
        services.AddSingleton<ToolCatalogue>();
        services.AddSingleton<ToolRunner>();
        services.AddSingleton<RefusedTools>();
        services.AddSingleton<ICallAgentFactory, CallAgentFactory>();
#pragma warning disable EXTEXP0001 // The only way to keep the service defaults from repeating a tool's request, which may have had its effect.
        services.AddHttpClient(HttpTool.ClientName)
            .RemoveAllResilienceHandlers()
            .ConfigurePrimaryHttpMessageHandler(() =>
            {
                var handler = PoolThreads.Handler();
                handler.AllowAutoRedirect = false;
                handler.UseCookies = false;
                handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
                return handler;
            });
#pragma warning restore EXTEXP0001
        return services;
    }
}
