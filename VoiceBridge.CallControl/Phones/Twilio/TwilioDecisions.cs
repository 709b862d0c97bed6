using System.Collections.Concurrent;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>What becomes of a ringing call: the answer to the request that asks.</summary>
internal abstract record TwilioDecision
{
    private TwilioDecision()
    {
    }

    public sealed record Connect(AnswerRequest Request) : TwilioDecision;

    public sealed record Busy : TwilioDecision;

    public sealed record SendTo(string Number, string Dialled) : TwilioDecision;
}

/// <summary>Decisions that were taken here, for the requests that wait for them here. What was taken elsewhere stands in the call's record.</summary>
internal sealed class TwilioDecisions(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string CallId, DateTimeOffset At)> _order = new();

    /// <summary>The first decision counts.</summary>
    public void Take(string callId, TwilioDecision decision) => Of(callId).Taken.TrySetResult(decision);

    /// <summary>Done when it is decided here, which may never be.</summary>
    public Task<TwilioDecision> WhenTaken(string callId) => Of(callId).Taken.Task;

    private Entry Of(string callId)
    {
        var now = time.GetUtcNow();
        while (_order.TryPeek(out var oldest) && now - oldest.At >= Kept && _order.TryDequeue(out oldest)) _entries.TryRemove(oldest.CallId, out _);
        if (_entries.TryGetValue(callId, out var known)) return known;
        var entry = new Entry();
        if (!_entries.TryAdd(callId, entry)) return Of(callId);
        _order.Enqueue((callId, now));
        return entry;
    }

    private sealed class Entry
    {
        public TaskCompletionSource<TwilioDecision> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
