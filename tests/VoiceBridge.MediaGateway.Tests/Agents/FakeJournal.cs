using System.Collections.Concurrent;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Journal;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>Keeps what was taken down.</summary>
internal sealed class FakeJournal : ICallJournal
{
    public ConcurrentQueue<(string Kind, string Text)> Events { get; } = [];

    public ConcurrentQueue<CallChange> Changes { get; } = [];

    public ConcurrentQueue<Turn> Kept { get; } = [];

    public TurnLog? Log { get; private set; }

    public bool? ClosedAsOver { get; private set; }

    public bool KeepsTranscripts { get; set; } = true;

    public IReadOnlyList<Turn> Turns => Log?.Current ?? [];

    public void Event(string callId, string kind, string text) => Events.Enqueue((kind, text));

    public void Change(string callId, CallChange change) => Changes.Enqueue(change);

    public ConcurrentQueue<(string Series, TimeSpan Latency)> Latencies { get; } = [];

    public void Latency(string series, TimeSpan latency) => Latencies.Enqueue((series, latency));

    public ConcurrentQueue<(string Kind, string Subject)> Happenings { get; } = [];

    public void Happened(string kind, string subject, string detail = "") => Happenings.Enqueue((kind, subject));

    public void TurnsChanged(TurnLog log) => Log = log;

    public void WriteAgain(string callId) => Log?.Invalidate();

    public void Keep(string callId, Turn redacted) => Kept.Enqueue(redacted);

    public void Close(TurnLog log, bool over) => ClosedAsOver = over;
}
