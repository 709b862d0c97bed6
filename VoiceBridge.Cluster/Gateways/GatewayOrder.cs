namespace VoiceBridge.Cluster.Gateways;

/// <summary>What an operator wants of a gateway. Repeated in every reply until the heartbeat shows that it is done.</summary>
public enum GatewayOrder
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Take no new calls, wait for the others to end.</summary>
    Drain,

    /// <summary>Take calls again.</summary>
    Undrain,
}
