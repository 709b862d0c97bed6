using System.Diagnostics.Metrics;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>Tells the cluster each second that this gateway lives and which calls it has, and does what the cluster answers.
/// Without Redis the calls go on; the next heartbeat that gets through sets everything right.</summary>
internal sealed partial class GatewayHeartbeatService(
    GatewayRegistry registry, GatewayIdentity identity, ConnectionManager connections, Drainer drainer, VoiceLiveConnector voiceLive,
    ProcessUsage use, TimeProvider time, ILogger<GatewayHeartbeatService> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);
    private static readonly UpDownCounter<long> Capacity =
        VoiceBridgeTelemetry.Meter.CreateUpDownCounter<long>("voicebridge.gateway.capacity", "{call}");

    // One heartbeat that is late, as at the start of a busy machine, is not an outage.
    private const int FailuresUntilAway = 2;

    private int _failures;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await registry.LeaveAsync(identity.Id, cancellationToken).WaitAsync(Deadline, time, CancellationToken.None);
        }
        catch (Exception)
        {
            // The heartbeat lapses by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (voiceLive.Endpoints.Count == 0) Log.NotReady(logger, VoiceLiveConnector.NoEndpoint);
        using var timer = new PeriodicTimer(Period, time);
        Capacity.Add(connections.MaxConnections);
        do
        {
            await BeatAsync(stoppingToken);
        }
        while (await WaitAsync(timer, stoppingToken));
        Capacity.Add(-connections.MaxConnections);
    }

    internal async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = connections.Snapshot();
            // Connections whose registration is under way are not announced: that step turns their reservation into a connection.
            var mine = all.Where(connection => connection.Generation > 0).Select(connection => connection.Record(identity.Id)).ToArray();
            var reply = await registry.AnnounceAsync(Heartbeat(all.Count), mine, cancellationToken).WaitAsync(Deadline, time, cancellationToken);
            if (_failures >= FailuresUntilAway)
                Log.Back(logger);
            _failures = 0;
            // Others must not hand their calls over to a gateway that begins to drain: they see it at once, and not a second later.
            if (Obey(reply)) await registry.AnnounceAsync(Heartbeat(connections.Snapshot().Count), mine, cancellationToken).WaitAsync(Deadline, time, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (++_failures == FailuresUntilAway)
                Log.Away(logger, exception.GetType().Name);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private GatewayHeartbeat Heartbeat(int active) => new()
    {
        GatewayId = identity.Id,
        Version = identity.Version,
        // Without an endpoint no call can be served: no slot of this gateway is to be counted on.
        Capacity = voiceLive.Endpoints.Count == 0 ? 0 : connections.MaxConnections,
        Active = active,
        Draining = connections.Draining,
        DrainsUntil = drainer.Until,
        CpuPercent = use.CpuPercent(),
        MemoryBytes = ProcessUsage.MemoryBytes(),
        StartedAt = identity.StartedAt,
        Endpoints = [.. voiceLive.Endpoints.Select(e => new VoiceLiveEndpointStatus(e.Name, e.ConnectionsPerMinute, e.Healthy))],
    };

    /// <summary>Does what the cluster answers; true when the gateway drains from now on, or no longer.</summary>
    private bool Obey(AnnounceReply reply)
    {
        var drained = connections.Draining;
        foreach (var connectionId in reply.SupersededConnections)
            connections.Find(connectionId)?.Handler?.End(new CallEnd(CallEndReason.Superseded));
        foreach (var connectionId in reply.UnknownConnections)
            connections.Find(connectionId)?.Handler?.WriteAgain();
        if (reply.Order == GatewayOrder.Drain)
            drainer.Order();
        else if (reply.Order == GatewayOrder.Undrain)
            drainer.Cancel();
        return connections.Draining != drained;
    }

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Warning, "The cluster cannot be reached ({Error}); calls go on")]
        public static partial void Away(ILogger logger, string error);

        [LoggerMessage(1203, LogLevel.Warning, "This gateway takes no calls: {Why}")]
        public static partial void NotReady(ILogger logger, string why);

        [LoggerMessage(1202, LogLevel.Information, "The cluster is reached again")]
        public static partial void Back(ILogger logger);
    }
}
