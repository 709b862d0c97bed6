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
                    Time("transfer_at") ?? DateTimeOffset.UnixEpoch, Text("transfer_request") ?? "")
                : null,
            TraceId = Text("trace"),
            RangAt = Time("rang") ?? Time("created") ?? DateTimeOffset.UnixEpoch,
            AnsweredAt = Time("answered"),
            ConnectedAt = Time("connected"),
            FirstAudioAt = Time("first_audio"),
            EndedAt = Time("ended"),
            MediaLostAt = Time("lost"),
            Recovery = Recovery(),
            Turns = (int)Number("turns"),
            Interruptions = (int)Number("interruptions"),
            ToolCalls = (int)Number("tool_calls"),
            Moves = (int)Number("moves"),
            InputTokens = Number("tokens_in"),
            OutputTokens = Number("tokens_out"),
            Cost = Number("cost") / CostUnit,
            FirstAudioMs = Text("first_audio_ms") is { } ms ? double.Parse(ms, CultureInfo.InvariantCulture) : null,
        };

        // That of an earlier loss says nothing.
        RecoveryPosition? Recovery() => fields.TryGetValue("recovery", out var value)
            && ClusterJson.Read(((ReadOnlyMemory<byte>)value).Span, ClusterJson.Default.RecoveryPosition) is { } position && position.LostAt == Time("lost") ? position : null;
        string? Text(string name) => fields.TryGetValue(name, out var value) ? value.ToString() : null;
        long Number(string name) => fields.TryGetValue(name, out var value) ? (long)value : 0;
        DateTimeOffset? Time(string name) => fields.TryGetValue(name, out var value) ? DateTimeOffset.FromUnixTimeMilliseconds((long)value) : null;
    }

    /// <summary>Who the call is: written when something is known, whatever state the call is in.</summary>
    public static List<RedisValue> Identity(CallChange change) => Pairs(
        ("correlation", change.CorrelationId),
        ("from", change.From),
        ("to", change.To),
        ("type", change.Type),
        ("call_connection", change.CallConnectionId),
        ("server_call", change.ServerCallId),
        ("agent", change.Agent),
        ("trace", change.TraceId),
        ("rang", Time(change.RangAt)),
        ("recovery", change.Recovery is { } position ? JsonSerializer.SerializeToUtf8Bytes(position, ClusterJson.Default.RecoveryPosition) : RedisValue.Null));

    /// <summary>What happened: the first that is written stays.</summary>
    public static List<RedisValue> Once(CallChange change) => Pairs(
        ("reason", change.EndReason),
        ("answered", Time(change.AnsweredAt)),
        ("connected", Time(change.ConnectedAt)),
        ("first_audio", Time(change.FirstAudioAt)),
        ("ended", Time(change.EndedAt)),
        ("first_audio_ms", change.FirstAudioMs is { } ms ? ms.ToString("0.###", CultureInfo.InvariantCulture) : RedisValue.Null));

    /// <summary>What is added up.</summary>
    public static List<RedisValue> Counters(CallChange change) => Pairs(
        ("turns", Count(change.Turns)),
        ("interruptions", Count(change.Interruptions)),
        ("tool_calls", Count(change.ToolCalls)),
        ("tokens_in", Count(change.InputTokens)),
        ("tokens_out", Count(change.OutputTokens)),
        ("cost", Count((long)decimal.Round(change.Cost * CostUnit))));

    private static List<RedisValue> Pairs(params ReadOnlySpan<(string Name, RedisValue Value)> fields)
    {
        var pairs = new List<RedisValue>();
        foreach (var (name, value) in fields)
        {
            if (value.IsNull) continue;
            pairs.Add(name);
            pairs.Add(value);
        }

        return pairs;
    }

    private static RedisValue Time(DateTimeOffset? time) => time?.ToUnixTimeMilliseconds() ?? RedisValue.Null;

    private static RedisValue Count(long count) => count == 0 ? RedisValue.Null : count;
}
