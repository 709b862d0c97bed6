using VoiceBridge.Cluster.Gateways;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>What a draining gateway knows of the others.</summary>
/// <param name="Room">How many calls those that take calls have room for.</param>
/// <param name="Draining">How many calls those that drain still have.</param>
internal readonly record struct OtherGatewaysView(int Room, int Draining);

/// <summary>Looks for the other gateways of the cluster.</summary>
internal sealed partial class OtherGateways(GatewayRegistry registry, GatewayIdentity identity, TimeProvider time, ILogger<OtherGateways> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private bool _known = true;

    /// <summary>Null when nothing can be known of them.</summary>
    public async Task<OtherGatewaysView?> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            var all = await registry.ListAsync(cancellationToken).WaitAsync(Deadline, time, cancellationToken);
            _known = true;
            var others = all.Where(gateway => gateway.Heartbeat.GatewayId != identity.Id).ToArray();
            return new OtherGatewaysView(
                others.Where(gateway => gateway.State == GatewayState.Ready).Sum(gateway => gateway.Heartbeat.Capacity - gateway.Heartbeat.Active),
                others.Where(gateway => gateway.State == GatewayState.Draining).Sum(gateway => gateway.Heartbeat.Active));
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            if (_known)
                Log.NotKnown(logger, exception.GetType().Name);
            _known = false;
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1105, LogLevel.Warning, "What room other gateways have is not known ({Error})")]
        public static partial void NotKnown(ILogger logger, string error);
    }
}
