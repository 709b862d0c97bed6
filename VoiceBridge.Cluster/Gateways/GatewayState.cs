namespace VoiceBridge.Cluster.Gateways;

/// <summary>What a gateway is good for at the moment.</summary>
public enum GatewayState
{
    /// <summary>Takes calls.</summary>
    Ready,

    /// <summary>Has all the calls that it can take.</summary>
    Full,

    /// <summary>Keeps its calls and takes no new ones.</summary>
    Draining,

    /// <summary>No heartbeat for 3 s.</summary>
    Suspect,

    /// <summary>No heartbeat for 5 s: counts for nothing.</summary>
    Dead,
}
