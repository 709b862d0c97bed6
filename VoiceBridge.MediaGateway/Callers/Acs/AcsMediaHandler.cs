using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The handler of one phone call that came through Azure Communication Services: a <see cref="Call"/> on its media socket, whose phone is CallControl.</summary>
internal sealed class AcsMediaHandler(MediaSocket socket, int aheadMs, CallFacts facts, Connection connection, string? traceParent, CallServices services) : IPhone
{
    public async Task RunAsync()
    {
        using var call = new Call(facts, connection, traceParent, this, failed => new AcsLeg(socket, aheadMs, services.Media, services.Time, failed), services);
        await call.RunAsync();
    }

    Task<bool> IPhone.HangUpAsync(CallFacts call, CallEnd end, CancellationToken cancellationToken) =>
        services.CallControl.HangUpAsync(call, end.Code, cancellationToken);

    Task<string?> IPhone.TransferAsync(CallFacts call, string target, CancellationToken cancellationToken) =>
        services.CallControl.TransferAsync(call, target, cancellationToken);
}
