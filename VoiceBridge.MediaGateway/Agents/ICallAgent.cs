using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What is said on one call, beside the audio. Called in order on the call's control loop, except <see cref="Interruptible"/>;
/// no member may block, slow work is the agent's own task.</summary>
internal interface ICallAgent : IAsyncDisposable
{
    /// <summary>Whether a caller who begins to speak now cuts the agent off. Read on the socket's thread: a plain field, no work.</summary>
    bool Interruptible { get; }

    /// <summary>The complete <c>session.update</c>, sent when <c>session.created</c> has come.</summary>
    /// <param name="target">What the session was opened to, with the model as the service named it.</param>
    /// <param name="resumed">Whether another session of the call went before.</param>
    ReadOnlyMemory<byte> SessionUpdate(SessionTarget target, bool resumed);

    /// <summary>What to send after <c>session.updated</c>: the greeting, or for a session that follows another one
    /// (<paramref name="resumed"/>, also when this handler continues another handler's call) the conversation so far.</summary>
    IReadOnlyList<ReadOnlyMemory<byte>> Opening(bool resumed);

    /// <summary>Every server event of the current session that is not audio, <c>session.created</c> included.</summary>
    void OnServerEvent(VoiceLiveEvent serverEvent);

    /// <summary>The caller cut the agent off; already flushed and truncated.</summary>
    void OnBargeIn(in HeardItem heard);

    void OnDtmf(string tone);

    /// <summary>The call must end now, through no fault of anybody on it: say goodbye, then end it with <see cref="CallEndReason.LetGo"/>.</summary>
    void LetGo();

    void OnEnded(CallEnd end);
}
