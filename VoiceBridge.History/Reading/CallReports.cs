using Microsoft.EntityFrameworkCore;
using VoiceBridge.History.Records;
using VoiceBridge.History.Storage;

namespace VoiceBridge.History.Reading;

/// <summary>Reads the daily figures: a few rows per day, however many calls they are of.</summary>
public sealed class CallReports
{
    private static readonly DateOnly Epoch = DateOnly.FromDateTime(DateTime.UnixEpoch);

    private readonly HistoryDatabase _database;
    private readonly TimeProvider _time;

    internal CallReports(HistoryDatabase database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>The last <paramref name="days"/> days, today included; of one agent if it is named.</summary>
    public async Task<ReportView> ReadAsync(int days, string? agent, CancellationToken cancellationToken)
    {
        var last = DayTally.DayOf(_time.GetUtcNow());
        var first = last - Math.Clamp(days, 1, 3_660) + 1;
        await using var context = await _database.OpenAsync(cancellationToken);
        var counts = await context.DayCounts.AsNoTracking()
            .Where(count => count.Day >= first && count.Day <= last && (agent == null || agent == "" || count.Agent == agent)).ToListAsync(cancellationToken);
        var byDay = counts.ToLookup(count => count.Day);
        return new ReportView(
            Date(first), Date(last), Sum(counts),
            [.. Enumerable.Range(first, last - first + 1).Select(day => (Date(day), Sum(byDay[day])))],
            [.. counts.GroupBy(count => count.Agent).Select(group => (group.Key, Sum(group))).OrderByDescending(line => line.Item2.Calls).ThenBy(line => line.Key, StringComparer.Ordinal)]);
    }

    private static DayReport Sum(IEnumerable<DayCount> counts) =>
        new(counts.GroupBy(count => count.Name).ToDictionary(group => group.Key, group => group.Sum(count => count.Value), StringComparer.Ordinal));

    private static DateOnly Date(int day) => Epoch.AddDays(day);
}
