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
internal sealed class CallServices(
    IOptions<MediaOptions> media, IOptions<CallOptions> options, IOptions<VoiceLiveOptions> voiceLive, VoiceLiveConnector connector,
    ICallAgentFactory agents, IConnections connections, CallStore calls, ConnectionDirectory directory, GatewayIdentity identity, ICallJournal journal,
    CallControlClient callControl, CallTicker ticker, TimeProvider time, ILogger<Call> logger)
{
    public MediaOptions Media => media.Value;

    public CallOptions Options => options.Value;

    public CallStore Calls => calls;

    public VoiceLiveOptions VoiceLive => voiceLive.Value;

    public VoiceLiveConnector Connector => connector;

    public ICallAgentFactory Agents => agents;

    public IConnections Connections => connections;

    public ConnectionDirectory Directory => directory;

    public GatewayIdentity Identity => identity;

    public ICallJournal Journal => journal;

    public CallControlClient CallControl => callControl;

    public CallTicker Ticker => ticker;

    public TimeProvider Time => time;

    public ILogger Logger => logger;
}
