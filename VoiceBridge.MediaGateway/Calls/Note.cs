using VoiceBridge.MediaGateway.Engines.VoiceLive;

namespace VoiceBridge.MediaGateway.Calls;

internal enum NoteKind
{
    AgentReady,
    SessionOpened,
    SessionNotOpened,

    /// <summary>A server event in a rented buffer, which the control loop returns.</summary>
    ServerEvent,

    SessionOver,
    BargeIn,
    FirstAudio,

    /// <summary>The agent answers what the caller said; <see cref="Note.Length"/> milliseconds after the end of it.</summary>
    Answered,
    Dtmf,
    Wake,
    LetGo,
    Ended,
}

/// <summary>Something for a call's control loop: everything that is not audio.</summary>
internal readonly record struct Note(NoteKind Kind, VoiceLiveSession? Session = null, object? Data = null, int Length = 0);
