using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls;

/// <summary>The traces that a transfer leaves in a call's timeline, by which a later end is understood on any replica.</summary>
internal static class Transfers
{
    public const string RequestedEvent = "transfer_requested";
    public const string AcceptedEvent = "transfer_accepted";
    public const string FailedEvent = "transfer_failed";

    /// <summary>Whether the last that was heard of a transfer is not its failure.</summary>
    public static async Task<bool> PendingAsync(CallStore calls, string callId, CancellationToken cancellationToken)
    {
        var last = (await calls.ListEventsAsync(callId, cancellationToken))
            .LastOrDefault(e => e.Kind is RequestedEvent or AcceptedEvent or FailedEvent);
        return last is { Kind: RequestedEvent or AcceptedEvent };
    }
}
