using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Dashboard.Snapshots;
using VoiceBridge.Dashboard.Presentation;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Api;

/// <summary><c>GET /api/cluster</c>: the dashboard's snapshot as JSON, for those who have their own screens.</summary>
internal static class ClusterApi
{
    public static IEndpointConventionBuilder MapClusterApi(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/cluster", Read)
            .AddEndpointFilter<ApiAccess>()
            .Produces(StatusCodes.Status401Unauthorized)
            .WithName("GetCluster").WithTags("Cluster")
            .WithSummary("The cluster as the dashboard sees it.")
            .WithDescription("Read from Redis at most twice a second, however many ask. While Redis is away the last known state comes with staleSince.");

    private static Ok<ClusterReport> Read(ISnapshotSource source, CallerIdPrivacy privacy)
    {
        var snapshot = source.Current;
        return TypedResults.Ok(new ClusterReport
        {
            At = snapshot.IsKnown ? snapshot.At : null,
            StaleSince = snapshot.StaleSince,
            Health = Lower(snapshot.Health),
            Verdict = new VerdictReport(Lower(snapshot.Verdict.Severity), snapshot.Verdict.Headline, snapshot.Verdict.Detail, snapshot.Verdict.Since, snapshot.Verdict.Until),
            EmptiedAt = snapshot.EmptiedAt,
            Events = [.. snapshot.Events.Select(entry => new PastEventReport(entry.At, entry.Kind, entry.Subject, entry.Who, entry.Count, Lower(entry.Severity), entry.Text))],
            Alerts = [.. snapshot.Alerts.Select(alert => new AlertReport(Lower(alert.Severity), alert.Said(Utc), alert.At, alert.Until, alert.OverSince))],
            Calls = new LoadReport(snapshot.Load.Active, snapshot.Load.Reserved, snapshot.Load.Waiting, snapshot.Load.Capacity),
            Gateways =
            [
                .. snapshot.Gateways.Select(gateway => new GatewayReport(gateway.Heartbeat.GatewayId, GatewayText.NameOf(gateway.Heartbeat.GatewayId), Lower(gateway.State), gateway.Heartbeat.Active, gateway.Heartbeat.Capacity,
                    gateway.Heartbeat.Version, gateway.Heartbeat.CpuPercent, gateway.Heartbeat.MemoryBytes, gateway.Heartbeat.StartedAt, (long)gateway.HeartbeatAge.TotalMilliseconds, gateway.DiedAt)),
            ],
            VoiceLive = [.. snapshot.Budgets.Select(budget => new BudgetReport(budget.Name, budget.Used, budget.PerMinute, budget.HealthyOn, budget.KnownTo))],
            LiveCalls = [.. snapshot.Live.Select(call => Report(call, privacy))],
            Last15Minutes = FiguresReport.Of(snapshot.Over(TimeRange.Quarter).Total),
            LastHour = FiguresReport.Of(snapshot.Over(TimeRange.Hour).Total),
            LastDay = FiguresReport.Of(snapshot.Over(TimeRange.Day).Total),
        });
    }

    private static CallReport Report(CallRecord call, CallerIdPrivacy privacy) => new(
        call.CallId, call.CorrelationId, privacy.Format(call.From), call.Type, Lower(call.State), Lower(call.Media), call.Agent, call.GatewayId,
        call.RangAt, call.ConnectedAt, call.FirstAudioMs, call.Turns, call.Cost);

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
