using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What an agent can do with its call. Nothing here blocks; all of it may be used from any thread.</summary>
internal interface ICallControls
{
    CallFacts Facts { get; }

    /// <summary>Queues a client event for the current Voice Live session, in order; dropped when there is none at the moment,
    /// because a new session starts from what <see cref="Agents.ICallAgent.Opening"/> says.</summary>
    void Send(ReadOnlyMemory<byte> clientEvent);

    /// <summary>Completes when everything that was sent to the caller so far has been played (or was flushed).</summary>
    Task WhenHeardAsync(CancellationToken cancellationToken);

    /// <summary>Hangs up and ends the handler; the first end counts.</summary>
    void End(CallEnd end);

    /// <summary>Transfers the call; null when accepted, else why not, in words the agent can repeat.</summary>
    Task<string?> TransferAsync(string target, CancellationToken cancellationToken);

    /// <summary>A text event for callers who can show it (browsers); nothing for the others.</summary>
    void SendToCaller(ReadOnlyMemory<byte> json);
}
