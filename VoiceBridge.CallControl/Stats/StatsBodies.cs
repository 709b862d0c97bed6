using System.Text.Json.Serialization;

namespace VoiceBridge.CallControl.Stats;

// Bodies as the service's users know them; what CallControl adds is "gateways".

internal sealed record HealthBody(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("active_connections")] int ActiveConnections,
    [property: JsonPropertyName("max_connections")] int MaxConnections,
    [property: JsonPropertyName("gateways")] IReadOnlyList<GatewayBody> Gateways);

internal sealed record StatsBody(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("active_connections")] int ActiveConnections,
    [property: JsonPropertyName("max_connections")] int MaxConnections,
    [property: JsonPropertyName("connection_types")] IReadOnlyDictionary<string, int> ConnectionTypes,
    [property: JsonPropertyName("connections")] IReadOnlyList<ConnectionBody> Connections,
    [property: JsonPropertyName("gateways")] IReadOnlyList<GatewayBody> Gateways);

internal sealed record ConnectionBody(
    [property: JsonPropertyName("connection_id")] string ConnectionId,
    [property: JsonPropertyName("caller_id")] string CallerId,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("connected_at")] string ConnectedAt,
    [property: JsonPropertyName("status")] string Status);

internal sealed record GatewayBody(
    [property: JsonPropertyName("gateway_id")] string GatewayId,
    [property: JsonPropertyName("active_connections")] int ActiveConnections,
    [property: JsonPropertyName("max_connections")] int MaxConnections,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("heartbeat_age_ms")] long HeartbeatAgeMs,
    [property: JsonPropertyName("version"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version,
    [property: JsonPropertyName("drains_until")] string? DrainsUntil);

internal sealed record ScaleBody(
    [property: JsonPropertyName("active")] int Active,
    [property: JsonPropertyName("reserved")] int Reserved,
    [property: JsonPropertyName("waiting")] int Waiting,
    [property: JsonPropertyName("demand")] int Demand,
    [property: JsonPropertyName("capacity")] int Capacity,
    [property: JsonPropertyName("utilization")] double Utilization);
