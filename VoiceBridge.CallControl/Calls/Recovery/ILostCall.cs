using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Calls.Recovery;

/// <summary>What the ladder does to a call.</summary>
internal enum RecoveryMove
{
    AskForCall,
    StartMedia,
    StopMedia,
    SendToOverflow,
    HangUp,
}

/// <summary>A call without media, as <see cref="RecoveryLadder"/> knows it: its record, and what can be done to it.</summary>
internal interface ILostCall
{
    /// <summary>The record as it is now; null while Redis is away.</summary>
    Task<CallRecord?> ReadAsync();

    /// <summary>Carries out a move. <see cref="PhoneOutcome.Gone"/> when the call turns out to have ended.</summary>
    Task<PhoneOutcome> DoAsync(RecoveryMove move);

    /// <summary>Writes down how far the recovery has come.</summary>
    Task WriteAsync(RecoveryPosition position);
}
