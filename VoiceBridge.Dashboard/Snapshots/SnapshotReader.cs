using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Dashboard.Alerts;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Reads the cluster's state from Redis. Throws what the Redis client throws when it is away.</summary>
internal sealed class SnapshotReader(
    GatewayRegistry gateways, CallCache calls, AdmissionQueue admission, VoiceLiveBudget voiceLive, Series series,
    AlertLog alertLog, IOptions<DashboardOptions> options, TimeProvider time)
{
    private static readonly TimeSpan History = TimeSpan.FromHours(24);

    // Ended calls change no more; only new ones come, and those are many to read.
    private static readonly TimeSpan RecentAge = TimeSpan.FromSeconds(3);

    /// <summary>Reads the cluster: of the calls those that have changed, of the series only the minutes that may have changed since <paramref name="last"/>.</summary>
    public async Task<ClusterSnapshot> ReadAsync(ClusterSnapshot last, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var listing = gateways.ListAsync(ct);
        var live = calls.ReadLiveAsync(ct);
        var readRecent = now - last.RecentAt >= RecentAge;
        var recent = readRecent ? calls.ReadRecentAsync(options.Value.RecentCalls, ct) : Task.FromResult(last.Recent);
        var load = admission.LoadAsync(ct);
        var taken = ReadTakenAsync(listing, ct);
        var minutes = ReadMinutesAsync(last.Minutes, now, ct);
        // All six fail together when Redis is away: wait for all, so that none is left unobserved.
        await Task.WhenAll(listing, live, recent, load, taken, minutes);

        var snapshot = new ClusterSnapshot
        {
            At = now,
            Gateways = await listing,
            Live = await live,
            Recent = await recent,
            RecentAt = readRecent ? now : last.RecentAt,
            Load = await load,
            Budgets = BudgetsOf(await listing, await taken),
            Minutes = await minutes,
        };
        return snapshot with { Alerts = AlertRules.Evaluate(snapshot, alertLog.Recent(now)) };
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<DateTimeOffset>>> ReadTakenAsync(Task<IReadOnlyList<GatewayView>> listing, CancellationToken ct) =>
        await voiceLive.TakenAsync([.. (await listing).SelectMany(gateway => gateway.Heartbeat.Endpoints).Select(endpoint => endpoint.Name).Distinct()], ct);

    private async Task<IReadOnlyList<MinuteStats>> ReadMinutesAsync(IReadOnlyList<MinuteStats> known, DateTimeOffset now, CancellationToken ct)
    {
        // The last two known minutes are read again: counters of a minute still arrive shortly after its end.
        var first = now - History;
        var from = known.Count > 2 && known[^2].Minute > first ? known[^2].Minute : first;
        var read = await series.ReadAsync(from, now, ct);
        if (read.Count == 0) return known;
        return [.. known.Where(minute => minute.Minute > first && minute.Minute < read[0].Minute), .. read.Select(MinuteStats.Of)];
    }

    internal static IReadOnlyList<EndpointBudget> BudgetsOf(IReadOnlyList<GatewayView> gateways, IReadOnlyDictionary<string, IReadOnlyList<DateTimeOffset>> taken)
    {
        var alive = gateways.Where(gateway => gateway.State != GatewayState.Dead).SelectMany(gateway => gateway.Heartbeat.Endpoints);
        return
        [
            .. alive.GroupBy(endpoint => endpoint.Name)
                .Select(group => BudgetOf(group.Key, [.. group], taken.GetValueOrDefault(group.Key, [])))
                .OrderBy(budget => budget.Name, StringComparer.Ordinal),
        ];
    }

    private static EndpointBudget BudgetOf(string name, IReadOnlyList<VoiceLiveEndpointStatus> known, IReadOnlyList<DateTimeOffset> taken)
    {
        var perMinute = known.Max(endpoint => endpoint.ConnectionsPerMinute);
        // Full, it has room again when its oldest connection leaves the window; overdrawn, when as many have left as are too many.
        DateTimeOffset? freeAt = perMinute > 0 && taken.Count >= perMinute ? taken[^perMinute] + VoiceLiveBudget.Window : null;
        return new EndpointBudget(name, taken.Count, perMinute, known.Count(endpoint => endpoint.Healthy), known.Count, freeAt);
    }
}
