using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>The handler of one phone call that came through Twilio: a <see cref="Call"/> on its media stream, whose phone is CallControl.</summary>
internal sealed class TwilioMediaHandler(MediaSocket socket, string streamId, int aheadMs, CallFacts facts, Connection connection, string? traceParent, CallServices services)
    : IPhone
{
    public async Task RunAsync()
    {
        using var call = new Call(facts, connection, traceParent, this,
            failed => new TwilioLeg(socket, streamId, TwilioDialect.Twilio, aheadMs, services.Media, services.Time, failed), services);
        await call.RunAsync();
    }

    /// <summary>CallControl is told why. The stream that we close then is what has Twilio ask CallControl how the call goes on.</summary>
    async Task<bool> IPhone.HangUpAsync(CallFacts call, CallEnd end, CancellationToken cancellationToken)
    {
        await services.CallControl.HangUpAsync(call, end.Code, cancellationToken);
        return false;
    }

    Task<string?> IPhone.TransferAsync(CallFacts call, string target, CancellationToken cancellationToken) =>
        services.CallControl.TransferAsync(call, target, cancellationToken);
}
