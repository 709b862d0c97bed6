using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Records;

namespace VoiceBridge.HistoryBench;

/// <summary>Calls of ninety days, the same at every run but for the clock: 20,000 callers, four agents, and words of which each of a hundred rare ones stands in one call of a hundred.</summary>
internal sealed class MadeCalls(DateTimeOffset now)
{
    public const int TurnsPerCall = 20;

    private const int Callers = 20_000;
    private static readonly string[] Agents = ["reception", "support", "billing", "appointments"];
    private static readonly string[] Reasons = ["caller_hung_up", "caller_hung_up", "caller_hung_up", "agent_ended", "transferred", "silent", "busy"];

    public DateTimeOffset Now => now;

    public static string RareWord(int index) => string.Create(CultureInfo.InvariantCulture, $"rareword{index % 100}");

    public static string Number(int index) => string.Create(CultureInfo.InvariantCulture, $"+1425{index % Callers * 7919L % 10_000_000:0000000}");

    public FinishedCall Call(int index)
    {
        var random = new Random(index);
        var rang = now.AddMinutes(-random.Next(90 * 24 * 60)).AddMilliseconds(index);
        var reason = Reasons[random.Next(Reasons.Length)];
        var talked = reason != "busy";
        var ended = rang.AddSeconds(talked ? 20 + random.Next(400) : 20);
        var record = new CallRecord
        {
            CallId = index.ToString("x32", CultureInfo.InvariantCulture), CorrelationId = index.ToString(CultureInfo.InvariantCulture), From = Number(random.Next(Callers)), To = "+18005550100",
            State = talked ? CallState.Ended : CallState.Rejected, Agent = talked ? Agents[random.Next(Agents.Length)] : null, EndReason = reason, GatewayId = "gateway-1", TraceId = "t",
            RangAt = rang, AnsweredAt = talked ? rang.AddMilliseconds(400) : null, ConnectedAt = talked ? rang.AddSeconds(1) : null, EndedAt = ended,
            FirstAudioMs = talked ? 200 + random.Next(900) : null, Turns = TurnsPerCall, InputTokens = 4_000, OutputTokens = 1_500, Cost = 0.021m,
        };
        var turns = Enumerable.Range(0, TurnsPerCall).Select(turn => new Turn(rang.AddSeconds(2 + turn * 5), turn % 2 == 0 ? "agent" : "caller", Sentence(random, turn == 3 ? RareWord(index) : null))).ToList();
        return new FinishedCall(record, [new CallEvent(rang, "rang", "The phone rang."), new CallEvent(ended, "ended", reason)], turns);
    }

    /// <summary>Twelve of two thousand words.</summary>
    private static string Sentence(Random random, string? rare) =>
        string.Join(' ', Enumerable.Range(0, 12).Select(_ => string.Create(CultureInfo.InvariantCulture, $"word{random.Next(2_000)}"))) + (rare is null ? "" : $" {rare}");
}
