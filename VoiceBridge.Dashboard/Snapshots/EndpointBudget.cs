using VoiceBridge.Dashboard.Presentation;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>A Voice Live endpoint over the whole cluster: new connections of the last 60 s out of its budget, and how many gateways reach it.
/// <paramref name="FreeAt"/> is when a spent budget has something left again; null while it has.</summary>
public sealed record EndpointBudget(string Name, int Used, int PerMinute, int HealthyOn, int KnownTo, DateTimeOffset? FreeAt = null)
{
    public int Left => Math.Max(0, PerMinute - Used);

    public Health Health => HealthyOn == 0 && KnownTo > 0 ? Health.Failed
        : Left == 0 || HealthyOn < KnownTo ? Health.Degraded
        : Health.Healthy;
}
