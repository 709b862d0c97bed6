using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Bridge;
using VoiceBridge.MediaGateway.Connections;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The handler of one phone call that came through Azure Communication Services.</summary>
internal sealed class AcsMediaHandler(WebSocket socket, CallFacts facts, Connection connection, string? traceParent, MediaServices services)
    : MediaHandler(facts, connection, traceParent, services)
{
    protected override ICallerLeg CreateLeg(MediaOptions options, TimeProvider time, Action<string> onWriteFailure) =>
        new AcsLeg(socket, options, time, onWriteFailure);
}
