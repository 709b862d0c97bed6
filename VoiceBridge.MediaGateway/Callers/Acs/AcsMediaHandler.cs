using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Bridge;
using VoiceBridge.MediaGateway.Connections;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The handler of one phone call that came through Azure Communication Services.</summary>
internal sealed class AcsMediaHandler(WebSocket socket, CallFacts facts, Connection connection, string? traceParent, MediaServices services)
    : MediaHandler(facts, connection, traceParent, services)
{
    protected override ICallerLeg CreateLeg(MediaOptions options, TimeProvider time, Action<string> onWriteFailure) =>
        new AcsLeg(socket, options, time, onWriteFailure);

    /// <summary>Whether the call is over or only its media, ACS tells CallControl, not us: only what the caller's side cannot have meant is an error.</summary>
    protected override CallEnd EndOf(PumpEnd end) => end switch
    {
        PumpEnd.Closed => new CallEnd(CallEndReason.CallerHungUp),
        PumpEnd.Broken => new CallEnd(CallEndReason.MediaLost),
        PumpEnd.TooBig => new CallEnd(CallEndReason.Error, "a message was too big"),
        PumpEnd.TooMany => new CallEnd(CallEndReason.Error, "too many messages"),
        _ => new CallEnd(CallEndReason.Error, "messages that cannot be read"),
    };
}
