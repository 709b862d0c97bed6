using Microsoft.Extensions.AI;

namespace VoiceBridge.MediaGateway.Tools;

/// <summary>The tools of one call, and the services they work with: a scope that ends with the call.</summary>
internal sealed class ToolRegistry(IReadOnlyDictionary<string, AgentTool> tools, AsyncServiceScope scope) : IAsyncDisposable
{
    public IServiceProvider Services => scope.ServiceProvider;

    public IEnumerable<AIFunction> Functions => tools.Values.Select(tool => tool.Function);

    public AgentTool? Find(string name) => tools.GetValueOrDefault(name);

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}
