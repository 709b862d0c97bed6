using System.Reflection;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Who this gateway is: a new one with each start.</summary>
internal sealed class GatewayIdentity(TimeProvider time)
{
    public string Id { get; } = $"gw-{Guid.NewGuid():N}"[..15];

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public string Version { get; } =
        typeof(GatewayIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
