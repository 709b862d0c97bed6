using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>What every call needs of its gateway.</summary>
internal sealed record CallServices(
    IOptions<MediaOptions> MediaOptions, IOptions<CallOptions> CallOptions, IOptions<VoiceLiveOptions> VoiceLiveOptions, VoiceLiveConnector Connector,
    ICallAgentFactory Agents, IConnections Connections, CallStore Calls, ConnectionDirectory Directory, GatewayIdentity Identity, ICallJournal Journal,
    CallControlClient CallControl, CallTicker Ticker, TimeProvider Time, ILogger<Call> Logger)
{
    public MediaOptions Media => MediaOptions.Value;

    public CallOptions Options => CallOptions.Value;

    public VoiceLiveOptions VoiceLive => VoiceLiveOptions.Value;
}
