using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What is said on one call, beside the audio. Everything here is called on the call's loop; no member may block, slow work is the agent's own task,
/// whose result it posts.</summary>
internal interface ICallAgent : IAsyncDisposable
{
    /// <summary>Whether a caller who begins to speak now cuts the agent off.</summary>
    bool Interruptible { get; }

    /// <summary>Nobody speaks, and nothing is about to be said: another session may take over unnoticed.</summary>
    bool IsQuiet { get; }

    /// <summary>The complete <c>session.update</c>, sent when <c>session.created</c> has come.</summary>
    /// <param name="target">What the session was opened to, with the model as the service named it.</param>
    /// <param name="resumed">Whether another session of the call went before.</param>
    ReadOnlyMemory<byte> SessionUpdate(SessionTarget target, bool resumed);

    /// <summary>The service refuses this tool of the latest <see cref="SessionUpdate"/>: the next one comes without it.</summary>
    void LeaveOutTool(int index);

    /// <summary>What to send after <c>session.updated</c>: the greeting, or for a session that follows another one
    /// (<paramref name="resumed"/>, also when this handler continues another handler's call) the conversation so far.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Opening(bool resumed);

    /// <summary>Every server event of the current session that is not audio.</summary>
    void OnServerEvent(VoiceLiveEvent serverEvent);

    /// <summary>The first audio of a response.</summary>
    void OnResponseAudio(string responseId);

    /// <summary>The agent was cut off; already flushed and truncated. Where nobody spoke (<paramref name="cancel"/>) the service does not know it yet.</summary>
    void OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel);

    void OnDtmf(string tone);

    /// <summary>A transfer that was accepted came to nothing.</summary>
    void OnTransferFailed(string why);

    /// <summary>The call must end soon, through no fault of anybody on it.</summary>
    void SayGoodbyeAndEnd(CallEndReason reason);

    /// <summary>All that was due on the loop has been handled: looks at what follows from that.</summary>
    void OnSettled();

    void OnEnded(CallEnd end);
}
