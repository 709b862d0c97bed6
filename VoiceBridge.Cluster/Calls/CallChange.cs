using StackExchange.Redis;

namespace VoiceBridge.Cluster.Calls;

/// <summary>What to change in a call's record: what is not given leaves a field as it is. A new field is a property here, and one of <see cref="CallRecord"/> that is read.</summary>
public sealed record CallChange
{
    private readonly Dictionary<string, (FieldKind Kind, RedisValue Value)> _fields = new(StringComparer.Ordinal);

    public CallChange()
    {
    }

    private CallChange(CallChange original) =>
        (_fields, Media, IncomingCallContext) = (new(original._fields, StringComparer.Ordinal), original.Media, original.IncomingCallContext);

    /// <summary>How a field is written.</summary>
    internal enum FieldKind
    {
        /// <summary>Whatever is there: who the call is.</summary>
        Set,

        /// <summary>The first that is written stays: what happened.</summary>
        Once,

        /// <summary>Added to what is there.</summary>
        Add,
    }

    /// <summary>No change beside the state.</summary>
    public static CallChange None { get; } = new();

    public MediaState? Media { get; init; }

    public string? IncomingCallContext { get; init; }

    public string? CorrelationId { get => Text("correlation"); init => Set("correlation", value); }
    public string? From { get => Text("from"); init => Set("from", value); }
    public string? To { get => Text("to"); init => Set("to", value); }
    public string? Type { get => Text("type"); init => Set("type", value); }
    public string? CallConnectionId { get => Text("call_connection"); init => Set("call_connection", value); }
    public string? ServerCallId { get => Text("server_call"); init => Set("server_call", value); }
    public string? Agent { get => Text("agent"); init => Set("agent", value); }
    public string? TraceId { get => Text("trace"); init => Set("trace", value); }
    public DateTimeOffset? RangAt { get => CallFields.Time(Get("rang")); init => Set("rang", CallFields.Of(value)); }
    public RecoveryPosition? Recovery { get => CallFields.Position(Get("recovery")); init => Set("recovery", CallFields.Of(value)); }
    public string? EndReason { get => Text("reason"); init => Once("reason", value); }
    public DateTimeOffset? AnsweredAt { get => CallFields.Time(Get("answered")); init => Once("answered", CallFields.Of(value)); }
    public DateTimeOffset? ConnectedAt { get => CallFields.Time(Get("connected")); init => Once("connected", CallFields.Of(value)); }
    public DateTimeOffset? FirstAudioAt { get => CallFields.Time(Get("first_audio")); init => Once("first_audio", CallFields.Of(value)); }
    public DateTimeOffset? EndedAt { get => CallFields.Time(Get("ended")); init => Once("ended", CallFields.Of(value)); }
    public double? FirstAudioMs { get => CallFields.Fraction(Get("first_audio_ms")); init => Once("first_audio_ms", CallFields.Of(value)); }
    public int TurnLatencies { get => (int)Get("turn_latencies"); init => Add("turn_latencies", value); }
    public long TurnLatencyTotalMs { get => (long)Get("turn_latency_ms"); init => Add("turn_latency_ms", value); }
    public int Turns { get => (int)Get("turns"); init => Add("turns", value); }
    public int Interruptions { get => (int)Get("interruptions"); init => Add("interruptions", value); }
    public int ToolCalls { get => (int)Get("tool_calls"); init => Add("tool_calls", value); }
    public long InputTokens { get => (long)Get("tokens_in"); init => Add("tokens_in", value); }
    public long OutputTokens { get => (long)Get("tokens_out"); init => Add("tokens_out", value); }
    public decimal Cost { get => CallFields.Money(Get("cost")); init => Add("cost", CallFields.Of(value)); }

    /// <summary>Who the call is, for a record that may not be there.</summary>
    public static CallChange Of(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new CallChange
        {
            CorrelationId = call.CorrelationId,
            From = call.From,
            To = call.To,
            Type = call.Type,
            ServerCallId = call.ServerCallId,
            Agent = call.Agent,
            TraceId = call.TraceId,
            RangAt = call.RangAt,
        };
    }

    /// <summary>This change and then <paramref name="later"/>, as one.</summary>
    public CallChange Then(CallChange later)
    {
        ArgumentNullException.ThrowIfNull(later);
        var both = this with { Media = later.Media ?? Media, IncomingCallContext = later.IncomingCallContext ?? IncomingCallContext };
        foreach (var (name, field) in later._fields)
        {
            var known = both._fields.TryGetValue(name, out var earlier);
            both._fields[name] = field.Kind switch
            {
                FieldKind.Once when known => earlier,
                FieldKind.Add when known => (field.Kind, (long)earlier.Value + (long)field.Value),
                _ => field,
            };
        }

        return both;
    }

    /// <summary>Names and values of the fields that are written so, in turn.</summary>
    internal List<RedisValue> Pairs(FieldKind kind) => [.. _fields.Where(field => field.Value.Kind == kind).SelectMany(field => new RedisValue[] { field.Key, field.Value.Value })];

    private RedisValue Get(string name) => _fields.GetValueOrDefault(name).Value;

    private string? Text(string name) => Get(name);

    private void Set(string name, RedisValue value) => Write(FieldKind.Set, name, value);

    private void Once(string name, RedisValue value) => Write(FieldKind.Once, name, value);

    private void Add(string name, long value) => Write(FieldKind.Add, name, value == 0 ? RedisValue.Null : value);

    private void Write(FieldKind kind, string name, RedisValue value)
    {
        if (value.IsNull) _fields.Remove(name);
        else _fields[name] = (kind, value);
    }
}
