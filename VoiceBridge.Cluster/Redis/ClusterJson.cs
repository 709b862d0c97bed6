using System.Text.Json;
using System.Text.Json.Serialization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Cluster.Redis;

/// <summary>What is kept in Redis as JSON. Replicas of different versions meet there: only ever add properties.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GatewayHeartbeat))]
[JsonSerializable(typeof(ConnectionRecord))]
[JsonSerializable(typeof(CallEvent))]
[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(RecoveryPosition))]
[JsonSerializable(typeof(Turn))]
internal sealed partial class ClusterJson : JsonSerializerContext
{
    /// <summary>The value, or null when <paramref name="json"/> is none: one bad entry must not hide the others.</summary>
    public static T? Read<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
