using System.Text.Json.Serialization;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>The body of <c>/health</c>.</summary>
internal sealed record HealthBody(string Status, int ActiveConnections, int MaxConnections);

/// <summary>The body of <c>/stats</c>.</summary>
internal sealed record StatsBody(
    string Status,
    int ActiveConnections,
    int MaxConnections,
    IReadOnlyDictionary<string, int> ConnectionTypes,
    IReadOnlyList<StatsConnection> Connections);

/// <summary>The kinds of callers that <c>/stats</c> counts: other phones beside <c>acs</c> and <c>web</c> only where there is one.</summary>
internal sealed record CallerTypes(IReadOnlyList<string> Names);

internal sealed record StatsConnection(string ConnectionId, string CallerId, string Type, string ConnectedAt, string Status);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthBody))]
[JsonSerializable(typeof(StatsBody))]
internal sealed partial class StatsJson : JsonSerializerContext;
