using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;

namespace VoiceBridge.CallControl.ClusterState;

/// <summary>
/// Admission while Redis is away: this replica's share of the capacity that was free when it was last seen. Shares of all replicas
/// together are no more than that, so that no call is answered in vain; what ends meanwhile comes back to whoever hears of it.
/// </summary>
internal sealed class OfflineAllowance(IOptions<CallOptions> options, TimeProvider time)
{
    /// <summary>By then an answered call's media socket is a connection, and part of what Redis says.</summary>
    private static readonly TimeSpan Underway = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _taken = new(StringComparer.Ordinal);
    private int _free;

    /// <summary>What this replica may still admit.</summary>
    public int Free
    {
        get { lock (_lock) return _free; }
    }

    /// <summary>Redis answered: this is what is free, and so many replicas share it. Calls admitted here a moment ago are not part of it yet.</summary>
    public void Refresh(ClusterLoad load, int replicas)
    {
        var usable = (int)Math.Floor(load.Capacity * (1 - options.Value.Admission.Headroom));
        // Those who wait are served from what is free as soon as Redis is back.
        var free = Math.Max(0, usable - load.Active - load.Reserved);
        lock (_lock)
        {
            var now = time.GetUtcNow();
            foreach (var (callId, at) in _taken)
            {
                if (now - at >= Underway) _taken.Remove(callId);
            }

            _free = Math.Max(0, (free / Math.Max(replicas, options.Value.CallControl.Replicas)) - _taken.Count);
        }
    }

    /// <summary>Takes a slot for the call; true again for a call that has one.</summary>
    public bool TryTake(string callId)
    {
        lock (_lock)
        {
            if (_taken.ContainsKey(callId)) return true;
            if (_free <= 0) return false;
            _free--;
            _taken.Add(callId, time.GetUtcNow());
            return true;
        }
    }

    /// <summary>The call is over. Its slot is free when this replica had admitted it, or when it was connected, whoever had.</summary>
    public void GiveBack(string callId, bool wasConnected)
    {
        lock (_lock)
        {
            if (_taken.Remove(callId) || wasConnected) _free++;
        }
    }
}
