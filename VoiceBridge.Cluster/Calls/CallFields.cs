using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>The fields of a call's hash in Redis, and the way between them and the records.</summary>
internal static class CallFields
{
    public const string Context = "context";
    public const string Overflow = "overflow";

    // Cost is added up by HINCRBY, exactly, in billionths.
    private const decimal CostUnit = 1_000_000_000m;

    public static CallRecord Read(string callId, HashEntry[] entries, string? context)
    {
        var fields = entries.ToDictionary(entry => entry.Name.ToString(), entry => entry.Value, StringComparer.Ordinal);
        return new CallRecord
        {
            CallId = callId,
            CorrelationId = Text("correlation") ?? "",
            From = Text("from") ?? "",
            To = Text("to") ?? "",
            Type = Text("type") ?? "acs",
            State = (CallState)Number("state"),
            Media = (MediaState)Number("media"),
            Generation = Number("generation"),
            CallConnectionId = Text("call_connection"),
            ServerCallId = Text("server_call"),
            IncomingCallContext = context,
            ConnectionId = Text("connection"),
            GatewayId = Text("gateway"),
            Agent = Text("agent"),
            EndReason = Text("reason"),
            HangUpReason = Text("hangup"),
            Transfer = Text("transfer") is { } kind
                ? new CallTransfer(
                    kind == Overflow, Text("transfer_state") == "failed", Text("transfer_state") == "accepted", Text("transfer_cause") ?? "",
                    At("transfer_at") ?? DateTimeOffset.UnixEpoch, Text("transfer_request") ?? "")
                : null,
            TraceId = Text("trace"),
            RangAt = At("rang") ?? At("created") ?? DateTimeOffset.UnixEpoch,
            AnsweredAt = At("answered"),
            ConnectedAt = At("connected"),
            FirstAudioAt = At("first_audio"),
            EndedAt = At("ended"),
            MediaLostAt = At("lost"),
            MediaFailedAt = At("failed") is { } failed && failed >= At("lost") ? failed : null,
            // That of an earlier loss says nothing.
            Recovery = Position(Value("recovery")) is { } position && position.LostAt == At("lost") ? position : null,
            Turns = (int)Number("turns"),
            Interruptions = (int)Number("interruptions"),
            ToolCalls = (int)Number("tool_calls"),
            Moves = (int)Number("moves"),
            InputTokens = Number("tokens_in"),
            OutputTokens = Number("tokens_out"),
            Cost = Money(Value("cost")),
            FirstAudioMs = Fraction(Value("first_audio_ms")),
            TurnLatencies = (int)Number("turn_latencies"),
            TurnLatencyTotalMs = Number("turn_latency_ms"),
        };

        RedisValue Value(string name) => fields.GetValueOrDefault(name);
        string? Text(string name) => Value(name);
        long Number(string name) => (long)Value(name);
        DateTimeOffset? At(string name) => Time(Value(name));
    }

    public static DateTimeOffset? Time(RedisValue milliseconds) => milliseconds.IsNull ? null : DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds);

    public static RedisValue Of(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? RedisValue.Null;

    public static double? Fraction(RedisValue text) => text.IsNull ? null : double.Parse(text.ToString(), CultureInfo.InvariantCulture);

    public static RedisValue Of(double? fraction) => fraction?.ToString("0.###", CultureInfo.InvariantCulture);

    public static decimal Money(RedisValue units) => (long)units / CostUnit;

    public static long Of(decimal money) => (long)decimal.Round(money * CostUnit);

    public static RecoveryPosition? Position(RedisValue json) => json.IsNull ? null : ClusterJson.Read(((ReadOnlyMemory<byte>)json).Span, ClusterJson.Default.RecoveryPosition);

    public static RedisValue Of(RecoveryPosition? position) =>
        position is null ? RedisValue.Null : JsonSerializer.SerializeToUtf8Bytes(position, ClusterJson.Default.RecoveryPosition);
}
