using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.View;

/// <summary>What became of the calls, by the callers' own account and by the records of the cluster.</summary>
internal sealed class Summary(IReadOnlyList<SimulatedCall> calls, IReadOnlyList<WebCaller> web, IReadOnlyList<CallRecord> records, int left, IReadOnlyList<string> faults)
{
    private int Answered { get; } = calls.Count(call => call.Stats.TimeToAnswer is not null);

    private int BothWays { get; } = calls.Count(call => call.Stats is { FramesSent: > 0, FramesHeard: > 0 });

    private long FramesLost { get; } = calls.Sum(call => call.Stats.FramesLost);

    private long FramesForeign { get; } = calls.Sum(call => call.Stats.FramesForeign);

    /// <summary>Each sentence names something that must not be; empty when all was well.</summary>
    public IReadOnlyList<string> Problems { get; } = [.. Find(calls, web, records, left)];

    /// <summary>The summary's lines.</summary>
    public IEnumerable<string> Lines()
    {
        var answer = calls.Select(call => call.Stats.TimeToAnswer).OfType<TimeSpan>().Select(t => t.TotalMilliseconds).Order().ToArray();
        var first = calls.Select(call => call.Stats.FirstAudio).OfType<TimeSpan>().Select(t => t.TotalMilliseconds).Order().ToArray();
        var turns = calls.SelectMany(call => call.Stats.TurnLatencies).Order().ToArray();
        yield return Format($"{Answered} of {calls.Count} calls answered, audio both ways in {BothWays}, {FramesLost} frames lost, {FramesForeign} of another call.");
        if (web.Count > 0) yield return Format($"{web.Count(c => c.FramesHeard > 0)} of {web.Count} browser callers heard the agent.");
        yield return Format($"Turns: callers {calls.Sum(c => c.Stats.CallerTurns)}, agent {calls.Sum(c => c.Stats.AgentTurns)}, interruptions {calls.Sum(c => c.Stats.Interruptions)}.");
        yield return Format($"In the gateways' records: {records.Sum(r => r.Turns)} turns, {records.Sum(r => r.Interruptions)} interruptions.");
        yield return Format($"Median: answered after {Median(answer)} ms, first audio {Median(first)} ms later, agent's answers after {Median(turns)} ms.");
        // What was asked for is no surprise.
        var cause = faults.Count == 0 ? "Not well" : $"After {string.Join(", ", faults)}";
        foreach (var problem in Problems) yield return $"{cause}: {problem}";
    }

    private static IEnumerable<string> Find(
        IReadOnlyList<SimulatedCall> calls, IReadOnlyList<WebCaller> web, IReadOnlyList<CallRecord> records, int left)
    {
        foreach (var call in calls)
        {
            var stats = call.Stats;
            var who = call.Plan.From;
            if (stats.TimeToAnswer is null)
            {
                yield return $"{who} was not answered: {call.EndReason}.";
                continue;
            }
            if (stats.FramesHeard == 0) yield return $"{who} heard nothing.";
            if (stats.FramesSent == 0) yield return $"{who} sent nothing.";
            if (stats.FramesLost > 0) yield return Format($"{who}: {stats.FramesLost} frames lost.");
            if (stats.FramesForeign > 0) yield return Format($"{who} heard {stats.FramesForeign} frames of another call.");
            if (stats.InvalidMessages > 0) yield return Format($"{who}: {stats.InvalidMessages} invalid media messages.");
            if (stats.CallerTurns == 0 || stats.AgentTurns == 0) yield return Format($"{who}: {stats.CallerTurns} turns of the caller, {stats.AgentTurns} of the agent.");
        }
        foreach (var caller in web.Where(c => c.FramesSent == 0 || c.FramesHeard == 0)) yield return Format($"A browser caller sent {caller.FramesSent} frames and heard {caller.FramesHeard}.");
        // More are no problem: others may call here too, from the dashboard or with a load tool.
        if (records.Count < calls.Count + web.Count) yield return Format($"{calls.Count + web.Count} calls, but {records.Count} records.");
        foreach (var record in records.Where(r => r.State != CallState.Ended)) yield return $"{record.From}: recorded as {record.State}, not as ended.";
        if (left > 0) yield return Format($"{left} media connections are still registered.");
    }

    private static string Median(double[] sorted) => sorted.Length == 0 ? "-" : sorted[sorted.Length / 2].ToString("0", CultureInfo.InvariantCulture);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
