using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Calls.Phone;

/// <summary>What a network that callers come through does for a call, beside its media.</summary>
internal interface IPhone
{
    /// <summary>The call has begun on this gateway: for networks whose calls nobody else keeps a record of.</summary>
    Task OnStartedAsync(CallFacts facts, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the call itself; whether the network will close the media socket because of it.</summary>
    Task<bool> HangUpAsync(CallFacts facts, CallEnd end, CancellationToken cancellationToken);

    /// <summary>Null when the network tries the transfer, else why not.</summary>
    Task<string?> TransferAsync(CallFacts facts, string target, CancellationToken cancellationToken);

    Task OnEndedAsync(CallFacts facts, CallEnd end, CancellationToken cancellationToken) => Task.CompletedTask;
}
