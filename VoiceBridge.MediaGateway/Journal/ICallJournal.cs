using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.MediaGateway.Journal;

/// <summary>Takes down what happens on calls, for others to read. Nothing here waits or fails: it is written in the background.</summary>
internal interface ICallJournal
{
    /// <summary>A line of the call's timeline; never what was said.</summary>
    void Event(string callId, string kind, string text);

    /// <summary>Adds to the call's record.</summary>
    void Change(string callId, CallChange change);

    /// <summary>Counts a latency for the cluster's charts.</summary>
    void Latency(string series, TimeSpan latency);

    /// <summary>Counts something for the cluster's log (<see cref="ClusterLogKind"/>).</summary>
    void Happened(string kind, string subject, string detail = "");

    /// <summary>The turns of a call are others now; written from <see cref="TurnLog.Current"/> when their time comes.</summary>
    void TurnsChanged(TurnLog log);

    /// <summary>What was written of this call's turns is gone: they are written anew.</summary>
    void WriteAgain(string callId);

    /// <summary>A redacted turn that does not change any more.</summary>
    void Keep(string callId, Turn redacted);

    /// <summary>Whether <see cref="Keep"/> does anything.</summary>
    bool KeepsTranscripts { get; }

    /// <summary>This handler will not change the turns again; when the call is <paramref name="over"/> they are not needed any more.</summary>
    void Close(TurnLog log, bool over);
}
