using System.Globalization;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.CallControl.Stats;

/// <summary>The cluster as a whole, in figures.</summary>
internal sealed class StatsEndpoints(
    GatewayRegistry gateways, ConnectionDirectory connections, AdmissionQueue admission, ClusterWatch watch, CallerIdPrivacy privacy, PhoneNetworks networks)
{
    private const string Healthy = "healthy";
    private const string Degraded = "degraded";

    /// <summary>
    /// From what was seen last: it must answer while Redis does not, since calls are answered then too. Anybody may ask, so it does not say which commit runs.
    /// </summary>
    public IResult Health()
    {
        if (watch.Last is not { } sight) return Results.Ok(new HealthBody(Degraded, 0, 0, []));
        return Results.Ok(new HealthBody(
            watch.Reachable ? Status(sight.Gateways) : Degraded, sight.Gateways.Where(Alive).Sum(g => g.Heartbeat.Active), Capacity(sight.Gateways),
            [.. Bodies(sight.Gateways).Select(gateway => gateway with { Version = null })]));
    }

    /// <summary>503 while Redis is away: old figures would be taken for new ones.</summary>
    public async Task<IResult> StatsAsync(CancellationToken cancellationToken)
    {
        try
        {
            var seen = await gateways.ListAsync(cancellationToken);
            var live = await connections.ListAsync(cancellationToken);
            var types = new SortedDictionary<string, int>(StringComparer.Ordinal) { ["acs"] = 0, ["web"] = 0 };
            foreach (var phone in networks.Configured) types[phone] = 0;
            foreach (var connection in live) types[connection.Type] = types.GetValueOrDefault(connection.Type) + 1;
            return Results.Ok(new StatsBody(Status(seen), live.Count, Capacity(seen), types, [.. live.Select(Body)], Bodies(seen)));
        }
        catch (Exception exception) when (RedisFailures.IsTransient(exception))
        {
            return Away();
        }
    }

    /// <summary>What the autoscaler polls; 503 while Redis is away, so that it leaves things as they are.</summary>
    public async Task<IResult> ScaleAsync(CancellationToken cancellationToken)
    {
        try
        {
            var load = await admission.LoadAsync(cancellationToken);
            return Results.Ok(new ScaleBody(
                load.Active, load.Reserved, load.Waiting, load.Active + load.Reserved + load.Waiting, load.Capacity, Math.Round(load.Utilization, 4)));
        }
        catch (Exception exception) when (RedisFailures.IsTransient(exception))
        {
            return Away();
        }
    }

    private static IResult Away() => Results.Json(new { status = Degraded, error = "Redis is away." }, statusCode: StatusCodes.Status503ServiceUnavailable);

    private static bool Alive(GatewayView gateway) => gateway.State is not GatewayState.Dead;

    /// <summary>Healthy is a cluster that can take a call, now or when one of those that it has ends.</summary>
    private static string Status(IReadOnlyList<GatewayView> gateways) =>
        gateways.Any(g => g.State is GatewayState.Ready or GatewayState.Full) ? Healthy : Degraded;

    private static int Capacity(IReadOnlyList<GatewayView> gateways) => gateways.Where(Alive).Sum(g => g.Heartbeat.Capacity);

    private ConnectionBody Body(ConnectionRecord connection) => new(
        connection.ConnectionId, privacy.Format(connection.CallerId), connection.Type,
        Time(connection.ConnectedAt), connection.Status);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static IReadOnlyList<GatewayBody> Bodies(IReadOnlyList<GatewayView> gateways) =>
    [
        .. gateways.Select(g => new GatewayBody(
            g.Heartbeat.GatewayId, g.Heartbeat.Active, g.Heartbeat.Capacity, g.State.ToString().ToLowerInvariant(),
            (long)g.HeartbeatAge.TotalMilliseconds, g.Heartbeat.Version,
            g.Heartbeat.DrainsUntil is { } until ? Time(until) : null)),
    ];
}
