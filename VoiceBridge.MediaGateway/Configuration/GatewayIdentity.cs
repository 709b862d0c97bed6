using System.Reflection;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Who this gateway is: a new one with each start, under the name of its replica.</summary>
internal sealed class GatewayIdentity(string name, TimeProvider time)
{
    private const int SuffixLength = 12;

    public string Id { get; } = $"{name}-{Guid.NewGuid().ToString("N")[..SuffixLength]}";

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public string Version { get; } =
        typeof(GatewayIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
