using VoiceBridge.Cluster.Connections;

namespace VoiceBridge.Cluster.Gateways;

/// <summary>The media gateways of the cluster.</summary>
public sealed class GatewayRegistry
{
    /// <summary>The gateway's heartbeat, once a second, with all the connections that it has: so the view rebuilds itself after a loss.</summary>
    public Task<AnnounceReply> AnnounceAsync(GatewayHeartbeat heartbeat, IReadOnlyCollection<ConnectionRecord> mine, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Takes the gateway out of the cluster at once.</summary>
    public Task LeaveAsync(string gatewayId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>All gateways heard of in the last 15 s, dead ones too, oldest process first.</summary>
    public Task<IReadOnlyList<GatewayView>> ListAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Leaves an order for a gateway; it is repeated until its heartbeat shows that it is done. <see cref="GatewayOrder.None"/> takes it back.</summary>
    public Task OrderAsync(string gatewayId, GatewayOrder order, CancellationToken ct) => throw new NotImplementedException();
}
