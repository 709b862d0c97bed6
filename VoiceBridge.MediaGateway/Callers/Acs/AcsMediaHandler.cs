using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The handler of one phone call that came through Azure Communication Services.</summary>
internal sealed class AcsMediaHandler(WebSocket socket, CallFacts facts, Connection connection, string? traceParent, CallServices services)
    : MediaHandler(facts, connection, traceParent, services)
{
    protected override ICallerLeg CreateLeg(MediaOptions options, TimeProvider time, Action<string> onWriteFailure) =>
        new AcsLeg(socket, options, time, onWriteFailure);
}
