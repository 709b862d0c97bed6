using VoiceBridge.Cluster.Connections;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>A caller's connection to this gateway.</summary>
internal sealed class Connection
{
    private ConnectionRecord? _record;

    public required string ConnectionId { get; init; }

    public required string CallId { get; init; }

    public required string CorrelationId { get; init; }

    /// <summary>In full: never to be shown.</summary>
    public required string CallerId { get; init; }

    /// <summary>As the privacy setting lets it be shown.</summary>
    public required string CallerShown { get; init; }

    /// <summary>The phone: <c>acs</c>, <c>twilio</c> or <c>web</c>.</summary>
    public required string Type { get; init; }

    public string? Agent { get; init; }

    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The call's media generation, once the cluster has said it.</summary>
    public long Generation { get; set; }

    /// <summary>Whoever runs the call, once it runs.</summary>
    public ICallHandle? Handler { get; set; }

    /// <summary>As the cluster keeps it; the same object until its generation changes, because each heartbeat asks for it.</summary>
    public ConnectionRecord Record(string gatewayId)
    {
        var generation = Generation;
        return _record is { } known && known.Generation == generation ? known : _record = new ConnectionRecord
        {
            ConnectionId = ConnectionId,
            CallId = CallId,
            CorrelationId = CorrelationId,
            CallerId = CallerId,
            GatewayId = gatewayId,
            Type = Type,
            Agent = Agent,
            ConnectedAt = ConnectedAt,
            Generation = generation,
        };
    }
}
