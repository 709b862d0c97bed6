using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Tools.Mcp;

/// <summary>The MCP servers of the configuration that the process was started with. Starting waits for each server's first try, so that
/// the first call has its tools; a server that is away is tried again in the background.</summary>
internal sealed class McpServers(AgentSettingsMonitor settings, TimeProvider time, ILoggerFactory loggers) : IHostedService, IAsyncDisposable
{
    private volatile IReadOnlyList<McpServer> _servers = [];

    public IReadOnlyList<McpServer> All => _servers;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _servers = [.. settings.Current.Mcp.Values.Select(definition => new McpServer(definition, time, loggers))];
        await Task.WhenAll(_servers.Select(server => server.StartAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    // Not stopped with the hosted services: calls that drain still use their tools.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var server in Interlocked.Exchange(ref _servers!, []))
            await server.DisposeAsync().ConfigureAwait(false);
    }
}
