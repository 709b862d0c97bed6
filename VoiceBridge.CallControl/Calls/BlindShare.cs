using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;

namespace VoiceBridge.CallControl.Calls;

/// <summary>
/// Admission while Redis is away: this replica's share of the capacity that was free when it was last seen. Shares of all replicas
/// together are no more than that, so that no call is answered in vain; what ends meanwhile comes back to whoever hears of it.
/// </summary>
internal sealed class BlindShare(IOptions<CallOptions> options)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private int _free;

    /// <summary>What this replica may still admit.</summary>
    public int Free
    {
        get { lock (_lock) return _free; }
    }

    /// <summary>Redis answered: this is what is free, and calls admitted blindly are part of it by now.</summary>
    public void Refresh(ClusterLoad load)
    {
        var usable = (int)Math.Floor(load.Capacity * (1 - options.Value.Admission.Headroom));
        // Those who wait are served from what is free as soon as Redis is back.
        var free = Math.Max(0, usable - load.Active - load.Reserved);
        lock (_lock)
        {
            _free = free / options.Value.CallControl.Replicas;
            _taken.Clear();
        }
    }

    /// <summary>Takes a slot for the call; true again for a call that has one.</summary>
    public bool TryTake(string callId)
    {
        lock (_lock)
        {
            if (_taken.Contains(callId)) return true;
            if (_free <= 0) return false;
            _free--;
            _taken.Add(callId);
            return true;
        }
    }

    /// <summary>The call is over: its slot is free, whoever had admitted it.</summary>
    public void GiveBack(string callId)
    {
        lock (_lock)
        {
            _taken.Remove(callId);
            _free++;
        }
    }
}
