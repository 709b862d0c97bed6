namespace VoiceBridge.CallControl.ClusterState;

/// <summary>Remembers ids for a while: what this replica has seen already. Bounded; the oldest go first.</summary>
internal sealed class SeenIds(int capacity, TimeSpan keep, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset At)> _order = new();

    /// <summary>True when the id is new.</summary>
    public bool TryAdd(string id)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            while (_order.TryPeek(out var oldest) && now - oldest.At >= keep) DropOldest();
            if (!_seen.TryAdd(id, now)) return false;
            if (_order.Count >= capacity) DropOldest();
            _order.Enqueue((id, now));
            return true;
        }
    }

    private void DropOldest()
    {
        var (id, at) = _order.Dequeue();
        // An id that was forgotten and came again has a later place in the order too.
        if (_seen.TryGetValue(id, out var seen) && seen == at) _seen.Remove(id);
    }

    /// <summary>Forgets the id, so that it may come again.</summary>
    public void Forget(string id)
    {
        lock (_lock) _seen.Remove(id);
    }
}
