namespace VoiceBridge.Cluster.Calls;

/// <summary>How far a call has come. It only goes forward, whatever order the events come in; the last two are final.</summary>
public enum CallState
{
    /// <summary>Waits to be answered.</summary>
    Ringing,

    /// <summary>ACS was asked to answer it.</summary>
    Answering,

    /// <summary>Somebody is on the line.</summary>
    Connected,

    /// <summary>Over, after it was answered or while it rang (<see cref="CallRecord.EndReason"/>).</summary>
    Ended,

    /// <summary>Never answered: busy, redirected.</summary>
    Rejected,
}
