namespace VoiceBridge.Cluster.Gateways;

/// <summary>What a media gateway says of itself each second.</summary>
public sealed record GatewayHeartbeat
{
    /// <summary>New for each process.</summary>
    public required string GatewayId { get; init; }

    /// <summary>The version that it runs.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where it can be reached inside the cluster, if that is known.</summary>
    public string? Address { get; init; }

    /// <summary>How many calls it takes at most.</summary>
    public required int Capacity { get; init; }

    /// <summary>How many calls it has.</summary>
    public int Active { get; init; }

    /// <summary>Whether it takes no further calls and waits for its own to end.</summary>
    public bool Draining { get; init; }

    /// <summary>When it hands over or ends the calls that it still has then, by its clock; null while it does not drain.</summary>
    public DateTimeOffset? DrainsUntil { get; init; }

    /// <summary>Its use of CPU: 100 is all cores that it may use.</summary>
    public double CpuPercent { get; init; }

    /// <summary>Its working set.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>When the process started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The Voice Live endpoints that it can use.</summary>
    public IReadOnlyList<VoiceLiveEndpointStatus> Endpoints { get; init; } = [];
}
