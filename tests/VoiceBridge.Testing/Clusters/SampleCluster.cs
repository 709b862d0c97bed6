using System.Globalization;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Series;

namespace VoiceBridge.Testing.Clusters;

/// <summary>Ten gateways and many calls with their figures, the same at every run but for the clock: for what must be many. It says no word of its own.</summary>
public sealed class SampleCluster(DateTimeOffset now, int calls = 1_000, int gateways = 10)
{
    private static readonly string[] Agents = ["reception", "support", "billing", "appointments"];
    private static readonly string[] Reasons =
    [
        "caller_hung_up", "caller_hung_up", "caller_hung_up", "agent_ended", "agent_ended", "transferred", "silent", "busy", "media_lost", "too_long",
    ];

    private readonly Random _random = new(20251205);

    public DateTimeOffset Now => now;

    public int Capacity => Math.Max(4, (int)Math.Ceiling(calls * 1.25 / Math.Max(1, gateways)));

    public static string GatewayId(int index) => string.Create(CultureInfo.InvariantCulture, $"gateway-{index + 1:00}-7c9f4b6d5-x{index:x2}q8");

    public static string CallId(int index) => string.Create(CultureInfo.InvariantCulture, $"{0x5eed0000 + index:x8}9b1d4c7fa2e84d6fb03c5a71");

    public IReadOnlyList<GatewayHeartbeat> Heartbeats =>
    [
        .. Enumerable.Range(0, gateways).Select(index => new GatewayHeartbeat
        {
            GatewayId = GatewayId(index),
            Version = index == gateways - 1 && gateways > 1 ? "0.2.0" : "0.1.0",
            Capacity = Capacity,
            Active = calls / gateways + (index < calls % gateways ? 1 : 0),
            Draining = index == gateways - 2 && gateways > 2,
            DrainsUntil = index == gateways - 2 && gateways > 2 ? now.AddMinutes(4.5) : null,
            CpuPercent = 21 + index * 5.5,
            MemoryBytes = (260L + index * 11) << 20,
            StartedAt = now.AddHours(-26).AddMinutes(index * 7),
            Endpoints = [new VoiceLiveEndpointStatus("swedencentral", 120, true), new VoiceLiveEndpointStatus("eastus2", 60, index != 3)],
        }),
    ];

    public IReadOnlyDictionary<string, int> VoiceLiveUsed { get; } = new Dictionary<string, int> { ["swedencentral"] = 98, ["eastus2"] = 31 };

    public ClusterLoad Load => new(calls, calls / 160, calls / 300, Capacity * gateways);

    public IReadOnlyList<CallRecord> Live() => [.. Enumerable.Range(0, calls).Select(LiveCall)];

    public IReadOnlyList<CallRecord> Ended(int count) => [.. Enumerable.Range(0, count).Select(EndedCall)];

    private CallRecord LiveCall(int index)
    {
        var rang = now.AddSeconds(-3 - (index * 37 % 1_700));
        var ringing = index % 97 == 5;
        var connected = ringing ? (DateTimeOffset?)null : rang.AddSeconds(1.2);
        var seconds = (now - rang).TotalSeconds;
        return new CallRecord
        {
            CallId = CallId(index),
            CorrelationId = string.Create(CultureInfo.InvariantCulture, $"c0ffee00-0000-4000-8000-{index:x12}"),
            From = string.Create(CultureInfo.InvariantCulture, $"+1425555{index:0000}"),
            To = "+18005550100",
            State = ringing ? CallState.Ringing : CallState.Connected,
            Media = ringing ? MediaState.None : index % 211 == 40 ? MediaState.Recovering : MediaState.Open,
            MediaLostAt = !ringing && index % 211 == 40 ? now.AddSeconds(-2) : null,
            CallConnectionId = $"connection-{index}",
            ConnectionId = ringing ? null : $"media-{index}",
            GatewayId = ringing || gateways == 0 ? null : GatewayId(index % gateways),
            Agent = Agents[index % Agents.Length],
            TraceId = CallId(index),
            RangAt = rang,
            AnsweredAt = connected?.AddSeconds(-0.4),
            ConnectedAt = connected,
            FirstAudioAt = connected?.AddSeconds(0.6),
            FirstAudioMs = ringing ? null : 420 + index * 13 % 700,
            Turns = ringing ? 0 : (int)(seconds / 9),
            Interruptions = index % 3,
            ToolCalls = index % 4,
            InputTokens = (long)(seconds * 31),
            OutputTokens = (long)(seconds * 17),
            Cost = (decimal)(seconds * 0.00041),
        };
    }

    private CallRecord EndedCall(int index)
    {
        var ended = now.AddSeconds(-4 - index * 6);
        var reason = Reasons[index % Reasons.Length];
        var answered = reason != "busy";
        var start = ended.AddSeconds(-40 - index * 23 % 300);
        return new CallRecord
        {
            CallId = CallId(1_000_000 + index),
            CorrelationId = string.Create(CultureInfo.InvariantCulture, $"dead0000-0000-4000-8000-{index:x12}"),
            From = string.Create(CultureInfo.InvariantCulture, $"+4415550{index:0000}"),
            To = "+18005550100",
            State = answered ? CallState.Ended : CallState.Rejected,
            EndReason = reason,
            GatewayId = answered && gateways > 0 ? GatewayId(index % gateways) : null,
            Agent = Agents[index % Agents.Length],
            RangAt = start,
            AnsweredAt = answered ? start.AddSeconds(0.8) : null,
            ConnectedAt = answered ? start.AddSeconds(1.1) : null,
            FirstAudioMs = answered ? 380 + index * 17 % 600 : null,
            EndedAt = ended,
            Turns = answered ? 4 + index % 14 : 0,
            Cost = answered ? 0.02m + index % 9 * 0.011m : 0,
        };
    }

    /// <summary>A day of traffic: quiet nights, busy days, a short trouble an hour and a half ago.</summary>
    public IReadOnlyList<SeriesMinute> Minutes()
    {
        var last = new DateTimeOffset(now.Ticks - now.Ticks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        return [.. Enumerable.Range(0, 1_440).Select(age => Minute(last.AddMinutes(age - 1_439), 1_439 - age))];
    }

    private SeriesMinute Minute(DateTimeOffset minute, int age)
    {
        var wave = 0.55 + 0.45 * Math.Cos(age / 1_440d * 2 * Math.PI);
        var level = calls * (wave * 0.94 + _random.NextDouble() * 0.05);
        var offered = (long)(level / 3 + _random.Next(0, 8));
        var trouble = age is > 84 and < 92;
        var busy = trouble ? offered / 6 : _random.Next(0, 40) == 0 ? 1 : 0;
        var failed = trouble ? offered / 20 : _random.Next(0, 60) == 0 ? 1 : 0;
        var answered = offered - busy - failed;
        var counters = new Dictionary<string, long>
        {
            ["offered"] = offered,
            ["answered"] = answered,
            ["rejected_busy"] = busy,
            ["failed"] = failed,
            ["ended"] = answered,
            ["active_max"] = age == 0 ? calls : (long)level,
            ["waiting_max"] = busy > 1 ? 12 : _random.Next(0, 3),
            ["capacity_max"] = Capacity * gateways,
            ["tokens_in"] = answered * 5_400,
            ["tokens_out"] = answered * 2_900,
            ["cost_micros"] = answered * 64_000,
            ["end:caller_hung_up"] = answered * 7 / 10,
            ["end:agent_ended"] = answered * 2 / 10,
            ["end:transferred"] = answered / 20,
            ["end:silent"] = answered / 40,
            ["end:busy"] = busy,
            ["end:media_lost"] = failed,
        };
        Latencies(counters, "first_audio", 480, answered, trouble);
        Latencies(counters, "turn", 640, answered * 3, trouble);
        Latencies(counters, "admission_wait", 30, answered, trouble);
        return new SeriesMinute(minute, counters.Where(counter => counter.Value > 0).ToDictionary());
    }

    private void Latencies(Dictionary<string, long> counters, string series, double typical, long count, bool trouble)
    {
        for (var i = 0; i < 20; i++)
        {
            var counter = LatencyBuckets.Counter(series, typical * (0.6 + _random.NextDouble() * 0.9 + (i > 17 ? 1.1 : 0)) * (trouble ? 2.1 : 1));
            counters[counter] = counters.GetValueOrDefault(counter) + Math.Max(1, count / 20);
        }
    }
}
