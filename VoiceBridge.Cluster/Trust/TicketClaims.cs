using System.Text.Json.Serialization;

namespace VoiceBridge.Cluster.Trust;

/// <summary>A ticket as JWT claims. Their order and names are part of the bytes that all replicas must agree on.</summary>
internal sealed record TicketClaims
{
    [JsonPropertyName("sub")] public string? CallId { get; init; }

    [JsonPropertyName("cid")] public string? CorrelationId { get; init; }

    [JsonPropertyName("from")] public string? CallerId { get; init; }

    [JsonPropertyName("to")] public string? CalledNumber { get; init; }

    [JsonPropertyName("kind")] public string? Type { get; init; }

    [JsonPropertyName("agent")] public string? Agent { get; init; }

    [JsonPropertyName("iat")] public long IssuedAt { get; init; }

    [JsonPropertyName("exp")] public long ExpiresAt { get; init; }

    [JsonPropertyName("tp")] public string? TraceParent { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TicketClaims))]
internal sealed partial class TicketJson : JsonSerializerContext;
