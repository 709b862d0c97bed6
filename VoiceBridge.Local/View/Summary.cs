using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.Web;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.View;

/// <summary>What became of the calls, by the callers' own account and by the records of the cluster. What callers went through comes last, where one looks.</summary>
internal sealed class Summary(IReadOnlyList<SimulatedCall> calls, IReadOnlyList<WebCaller> web, IReadOnlyList<CallRecord> records, int left, IReadOnlyList<string> faults)
{
    private const int NamedCallers = 5;
    private const int FramesOfTenSeconds = 500;

    private readonly CallerOutcome[] _outcomes = [.. calls.Select(call => new CallerOutcome(call, records.FirstOrDefault(record => record.CorrelationId == call.CorrelationId)))];

    /// <summary>Each sentence names something that must not be; empty when all was well.</summary>
    public IReadOnlyList<string> Problems => [.. Single(), .. Outcomes()];

    /// <summary>The summary's lines.</summary>
    public IEnumerable<string> Lines()
    {
        var answer = calls.Select(call => call.Stats.TimeToAnswer).OfType<TimeSpan>().Select(t => t.TotalMilliseconds).Order().ToArray();
        var first = calls.Select(call => call.Stats.FirstAudio).OfType<TimeSpan>().Select(t => t.TotalMilliseconds).Order().ToArray();
        var turns = calls.SelectMany(call => call.Stats.TurnLatencies).Order().ToArray();
        var bothWays = calls.Count(call => call.Stats is { FramesSent: > 0, FramesHeard: > 0 });
        yield return Format($"{_outcomes.Count(outcome => outcome.Answered)} of {calls.Count} calls answered, audio both ways in {bothWays}, {calls.Sum(call => call.Stats.FramesLost)} frames lost, {calls.Sum(call => call.Stats.FramesForeign)} of another call.");
        if (web.Count > 0) yield return Format($"{web.Count(c => c.FramesHeard > 0)} of {web.Count} browser callers heard the agent.");
        yield return Format($"Turns: callers {calls.Sum(c => c.Stats.CallerTurns)}, agent {calls.Sum(c => c.Stats.AgentTurns)}, interruptions {calls.Sum(c => c.Stats.Interruptions)}.");
        yield return Format($"In the gateways' records: {records.Sum(r => r.Turns)} turns, {records.Sum(r => r.Interruptions)} interruptions.");
        yield return Format($"Median, as callers hear it: answered after {Median(answer)} ms, first audio {Median(first)} ms later, the agent's answers {Median(turns)} ms after their words.");
        // What was asked for is no surprise.
        if (faults.Count > 0) yield return $"Done meanwhile: {string.Join(", ", faults)}.";
        foreach (var problem in Single()) yield return $"Not well: {problem}";
        foreach (var outcome in Outcomes()) yield return outcome;
        if (_outcomes.Count(outcome => outcome.Moved) is var moved and > 0)
            yield return Format($"{Callers(moved)} lost the audio for a moment and talked on, on another gateway.");
        if (_outcomes.Any(outcome => outcome.Answered) && !_outcomes.Any(outcome => outcome.CutOff is not null)) yield return "No caller was cut off.";
    }

    /// <summary>How callers fared who did not get what they called for, the same fate in one line.</summary>
    private IEnumerable<string> Outcomes()
    {
        foreach (var fate in _outcomes.Where(outcome => !outcome.Answered).GroupBy(outcome => outcome.Call.EndReason ?? "still ringing"))
            yield return Format($"{Callers(fate.Count())} not answered: {fate.Key}.");
        var cutOff = _outcomes.Where(outcome => outcome.CutOff is not null).GroupBy(outcome => outcome.CutOff!).OrderByDescending(reason => reason.Count()).ToArray();
        if (cutOff.Length > 0)
            yield return Format($"{cutOff.Sum(reason => reason.Count())} of {calls.Count} callers were cut off: {string.Join(", ", cutOff.Select(reason => Format($"{reason.Key} {reason.Count()}")))}.");
    }

    private IEnumerable<string> Single()
    {
        var noticed = _outcomes.SelectMany(outcome => Noticed(outcome).Select(what => (outcome.Caller, What: what)));
        foreach (var same in noticed.GroupBy(item => item.What))
        {
            var who = same.Select(item => item.Caller).ToArray();
            var more = who.Length > NamedCallers ? Format($" and {who.Length - NamedCallers} more") : "";
            yield return $"{string.Join(", ", who.Take(NamedCallers))}{more} {same.Key}.";
        }
        foreach (var caller in web.Where(c => c.FramesSent == 0 || c.FramesHeard == 0)) yield return Format($"A browser caller sent {caller.FramesSent} frames and heard {caller.FramesHeard}.");
        // More are no problem: others may call here too, from the dashboard or with a load tool.
        if (records.Count < calls.Count + web.Count) yield return Format($"{calls.Count + web.Count} calls, but {records.Count} records.");
        foreach (var record in records.Where(r => r.State is not (CallState.Ended or CallState.Rejected))) yield return $"{record.From}: recorded as {record.State}, not as ended.";
        if (left > 0) yield return Format($"{left} media connections are still registered.");
    }

    private static IEnumerable<string> Noticed(CallerOutcome outcome)
    {
        var stats = outcome.Call.Stats;
        if (!outcome.Answered) yield break;
        if (stats.FramesHeard == 0) yield return "heard nothing";
        if (stats.FramesSent == 0) yield return "sent nothing";
        if (stats.FramesLost > 0) yield return "lost frames";
        if (stats.FramesForeign > 0) yield return "heard frames of another call";
        if (stats.InvalidMessages > 0) yield return "had invalid media messages";
        // Whoever hangs up during the greeting has said nothing.
        if (stats.FramesSent > FramesOfTenSeconds && (stats.CallerTurns == 0 || stats.AgentTurns == 0)) yield return Format($"had {stats.CallerTurns} turns, and the agent {stats.AgentTurns}");
    }

    private static string Callers(int count) => count == 1 ? "1 caller" : Format($"{count} callers");

    private static string Median(double[] sorted) => sorted.Length == 0 ? "-" : sorted[sorted.Length / 2].ToString("0", CultureInfo.InvariantCulture);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
