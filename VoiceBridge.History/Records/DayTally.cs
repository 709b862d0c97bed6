using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Series;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Records;

/// <summary>What calls add to the daily figures: each call once, however often it is written.</summary>
internal sealed class DayTally
{
    private readonly Dictionary<(int Day, string Agent, string Name), long> _counts = [];

    /// <summary>In one order everywhere, so that two that add at the same time wait for each other instead of both for ever.</summary>
    public IReadOnlyList<DayCount> Changes =>
    [
        .. _counts.Where(count => count.Value != 0)
            .Select(count => new DayCount { Day = count.Key.Day, Agent = count.Key.Agent, Name = count.Key.Name, Value = count.Value })
            .OrderBy(count => count.Day).ThenBy(count => count.Agent, StringComparer.Ordinal).ThenBy(count => count.Name, StringComparer.Ordinal),
    ];

    public static int DayOf(DateTimeOffset time) => (int)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);

    /// <summary>Adds the call, or (-1) takes it away again.</summary>
    public void Add(EndedCall call, int sign)
    {
        Count(DayNames.Calls, 1);
        if (call.ConnectedAt is not null) Count(DayNames.Answered, 1);
        var outcome = Outcome(call);
        if (outcome is not null) Count(outcome, 1);
        if (outcome is DayNames.Failed && call.ConnectedAt is not null) Count(DayNames.CutOff, 1);
        Count(DayNames.Reason + call.EndReason, 1);
        Count(DayNames.DurationMs, call.DurationMs);
        Count(DayNames.Turns, call.Turns);
        Count(DayNames.TokensIn, call.InputTokens);
        Count(DayNames.TokensOut, call.OutputTokens);
        Count(DayNames.CostBillionths, (long)decimal.Round(call.Cost * 1_000_000_000m));
        if (call.Moves > 0) Count(DayNames.Moves, call.Moves);
        if (call.Transfer.Length > 0) Count(DayNames.Transfers, 1);
        if (call.AnsweredAt is { } answered && call.ConnectedAt is not null)
            Count(LatencyBuckets.Counter(DayNames.AnswerLatency, Math.Max(0, (answered - call.RangAt).TotalMilliseconds)), 1);
        if (call.FirstAudioMs is { } first) Count(LatencyBuckets.Counter(DayNames.FirstAudioLatency, first), 1);
        if (call.ConnectedAt is not null) Count(DurationBuckets.Counter(call.DurationMs), 1);

        void Count(string name, long count)
        {
            if (count == 0) return;
            var key = (DayOf(call.RangAt), call.Agent, name);
            _counts[key] = _counts.GetValueOrDefault(key) + sign * count;
        }
    }

    /// <summary>What became of a call that was not served to its end, named as CallControl counts it; null for the others.</summary>
    private static string? Outcome(EndedCall call) => call.ConnectedAt is not null ? EndReasons.IsFailure(call.EndReason) ? DayNames.Failed : null : call.EndReason switch
    {
        "busy" => DayNames.Busy,
        "missed" => DayNames.Missed,
        "overflow" => DayNames.Redirected,
        _ => DayNames.Failed,
    };
}
