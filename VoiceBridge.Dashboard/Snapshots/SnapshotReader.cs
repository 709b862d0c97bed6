using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Cluster.Series;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>Reads the cluster's state from Redis. Throws what the Redis client throws when it is away.</summary>
internal sealed class SnapshotReader(
    GatewayRegistry gateways, CallCache calls, AdmissionQueue admission, VoiceLiveBudget voiceLive, Series series, ClusterLog log,
    AlertLog alertLog, IOptions<DashboardOptions> options, TimeProvider time)
{
    private static readonly TimeSpan History = TimeSpan.FromHours(24);

    // Ended calls change no more; only new ones come, and those are many to read.
    private static readonly TimeSpan RecentAge = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan EventsKept = TimeSpan.FromHours(1);

    // Entries of a minute are counted up; a minute later they change no more.
    private static readonly TimeSpan EventsChange = TimeSpan.FromMinutes(2);

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
        var dead = gateways.ListDeadAsync(ct);
        var events = ReadEventsAsync(last.Log, now, ct);
        // All fail together when Redis is away: wait for all, so that none is left unobserved.
        await Task.WhenAll(listing, live, recent, load, taken, minutes, dead, events);

        var snapshot = new ClusterSnapshot
        {
            At = now,
            Gateways = WithDead(await listing, [.. await dead, .. last.Gateways.Where(gateway => gateway.DiedAt is not null)], await events, now),
            Live = await live,
            Recent = await recent,
            RecentAt = readRecent ? now : last.RecentAt,
            Load = await load,
            Budgets = BudgetsOf(await listing, await taken),
            Minutes = await minutes,
            Log = await events,
            Events = [.. (await events).Where(entry => now - entry.At <= EventsKept).Select(PastEvents.Of).OrderByDescending(entry => entry.At)],
            EmptiedAt = (await events).Where(entry => entry.Kind == ClusterLogKind.RedisEmptied).Max(entry => (DateTimeOffset?)entry.At),
        };
        return snapshot with { Alerts = AlertRules.Evaluate(snapshot, alertLog.Recent(now)) };
    }

    /// <summary>
    /// The cluster's log of the last day. What was read once is known, also when Redis has lost it since; the latest minutes are read again.
    /// </summary>
    private async Task<IReadOnlyList<ClusterLogEntry>> ReadEventsAsync(IReadOnlyList<ClusterLogEntry> known, DateTimeOffset now, CancellationToken ct)
    {
        var read = await log.ReadAsync(known.Count > 0 ? now - EventsChange : now - History, now, ct);
        var changed = read.Select(KeyOf).ToHashSet();
        return [.. known.Where(entry => now - entry.At <= History && !changed.Contains(KeyOf(entry))).Concat(read).OrderBy(entry => entry.At)];

        static (DateTimeOffset, string, string, string) KeyOf(ClusterLogEntry entry) => (entry.At, entry.Kind, entry.Subject, entry.Who);
    }

    /// <summary>
    /// Living gateways and those that died within the hour, which Redis may have forgotten. One that is not heard of leaves Redis's list 10 s after it counts as dead; one that
    /// came back or left in order is not dead.
    /// </summary>
    internal static IReadOnlyList<GatewayView> WithDead(IReadOnlyList<GatewayView> listed, IReadOnlyList<GatewayView> dead, IReadOnlyList<ClusterLogEntry> events, DateTimeOffset now)
    {
        var left = events.Where(entry => entry.Kind is ClusterLogKind.GatewayStopped or ClusterLogKind.GatewayReturned)
            .GroupBy(entry => entry.Subject, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Max(entry => entry.At), StringComparer.Ordinal);
        var living = listed.Where(gateway => gateway.State is not GatewayState.Dead).Select(gateway => gateway.Heartbeat.GatewayId).ToHashSet(StringComparer.Ordinal);
        var recorded = dead.Concat(listed.Where(gateway => gateway.State is GatewayState.Dead)
                .Select(gateway => gateway with { DiedAt = now - gateway.HeartbeatAge, CallsLeft = gateway.Heartbeat.Active }))
            .DistinctBy(gateway => gateway.Heartbeat.GatewayId)
            .Where(gateway => !living.Contains(gateway.Heartbeat.GatewayId) && now - gateway.DiedAt <= GatewayRegistry.DeadKept
                && !(left.TryGetValue(gateway.Heartbeat.GatewayId, out var at) && at >= gateway.DiedAt));
        return
        [
            .. listed.Where(gateway => gateway.State is not GatewayState.Dead),
            .. recorded.Select(gateway => gateway with { HeartbeatAge = now - gateway.DiedAt!.Value }).OrderByDescending(gateway => gateway.DiedAt),
        ];
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
        var before = known.Where(minute => minute.Minute >= read[0].Minute).ToDictionary(minute => minute.Minute);
        return
        [
            .. known.Where(minute => minute.Minute > first && minute.Minute < read[0].Minute),
            .. read.Select(minute => MinuteStats.Of(minute).After(before.GetValueOrDefault(minute.Minute))),
        ];
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
