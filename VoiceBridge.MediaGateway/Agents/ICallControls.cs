using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What an agent can do with its call. Nothing here blocks.</summary>
internal interface ICallControls
{
    CallFacts Facts { get; }

    ICallTimers Timers { get; }

    /// <summary>How long until everything that was sent to the caller has been played.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Since the agent's latest audio came.</summary>
    TimeSpan SinceAudio { get; }

    /// <summary>Has the call's loop do something; from any thread. False when the call is over.</summary>
    bool Post(string name, Action handle);

    /// <summary>Queues a client event for the current Voice Live session, in order; dropped when there is none at the moment,
    /// because a new session starts from what <see cref="ICallAgent.Opening"/> says.</summary>
    void Send(ReadOnlyMemory<byte> clientEvent);

    /// <summary>Nothing of this response is to be heard.</summary>
    void Mute(string responseId);

    /// <summary>Plays a recording in the caller's language.</summary>
    void Play(RecordingKind kind);

    /// <summary>Hangs up and ends the handler; the first end counts. From any thread.</summary>
    void End(CallEnd end);

    /// <summary>Transfers the call; null when the phone service tries, else why not, in words the agent can repeat. From any thread. What becomes of it
    /// is told by <see cref="ICallAgent.OnTransferFailed"/>, or by the end of the call.</summary>
    Task<string?> TransferAsync(string target, CancellationToken cancellationToken);

    /// <summary>A text event for callers who have a screen (browsers); nothing for the others.</summary>
    void SendToCaller(ReadOnlyMemory<byte> json);
}
