using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Gateways;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>Decides whether a report that a call's media are gone is still true, and marks the call for recovery.</summary>
internal sealed partial class MediaLoss(
    CallStore calls, ConnectionDirectory connections, ClusterWatch watch, ILogger<MediaLoss> logger)
{
    /// <summary>How far the service's clock and ours may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The service says that the media stopped or failed at <paramref name="at"/>. It may say so after it has connected again: a socket
    /// younger than the report, on a gateway that lives, is proof of that.
    /// </summary>
    public async Task ReportedAsync(CallRecord call, DateTimeOffset at, bool failed, CancellationToken cancellationToken)
    {
        if (call.Media is MediaState.Open && call.ConnectionId is { } current && GatewayLives(call.GatewayId))
        {
            var connection = await connections.FindAsync(call.GatewayId!, call.CallId, cancellationToken);
            if (connection?.ConnectionId == current && connection.ConnectedAt > at - Skew)
            {
                Log.Outdated(logger, call.CallId);
                return;
            }
        }

        if (await calls.MarkMediaLostAsync(call.CallId, call.ConnectionId, cancellationToken, failed)) Log.Lost(logger, call.CallId);
    }

    private bool GatewayLives(string? gatewayId) => watch.Last?.Gateways
        .Any(g => g.Heartbeat.GatewayId == gatewayId && g.State is not (GatewayState.Suspect or GatewayState.Dead)) == true;

    private static partial class Log
    {
        [LoggerMessage(1321, LogLevel.Information, "Call {CallId} has its media again already")]
        public static partial void Outdated(ILogger logger, string callId);

        [LoggerMessage(1322, LogLevel.Warning, "Call {CallId} has lost its media")]
        public static partial void Lost(ILogger logger, string callId);
    }
}
