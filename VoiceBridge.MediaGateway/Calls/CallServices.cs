using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Connections;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>What every call's handler needs of its gateway.</summary>
internal sealed class CallServices(
    IOptions<MediaOptions> media, IOptions<CallOptions> calls, IOptions<VoiceLiveOptions> voiceLive, VoiceLiveConnector connector,
    ICallAgentFactory agents, ConnectionManager connections, ConnectionDirectory directory, GatewayIdentity identity, ICallJournal journal,
    CallControlClient callControl, CallTicker ticker, TimeProvider time, ILogger<MediaHandler> logger)
{
    public MediaOptions Media => media.Value;

    public CallOptions Calls => calls.Value;

    public VoiceLiveOptions VoiceLive => voiceLive.Value;

    public VoiceLiveConnector Connector => connector;

    public ICallAgentFactory Agents => agents;

    public ConnectionManager Connections => connections;

    public ConnectionDirectory Directory => directory;

    public GatewayIdentity Identity => identity;

    public ICallJournal Journal => journal;

    public CallControlClient CallControl => callControl;

    public CallTicker Ticker => ticker;

    public TimeProvider Time => time;

    public ILogger Logger => logger;
}
