using System.Collections.Concurrent;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// The calls as they were read last. Events say which have changed, and only those are read again; the others in turn, because what is counted in a call (turns, cost) is
/// not announced, and an announcement may get lost.
/// </summary>
internal sealed class CallCache(CallStore calls, TimeProvider time)
{
    /// <summary>Of those that nobody announced so many are read at a time, and more where it would take a minute and more to read all.</summary>
    private const int LeastInTurn = 50;
    private const int Turns = 60;

    private static readonly TimeSpan IdsAge = TimeSpan.FromSeconds(2);

    /// <summary>Gateways write what is left of a call for a while after its end.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, bool> _changed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (CallRecord Call, DateTimeOffset ReadAt)> _live = new(StringComparer.Ordinal);
    private Dictionary<string, CallRecord> _recent = new(StringComparer.Ordinal);
    private DateTimeOffset _idsAt;

    /// <summary>Something has changed in a call. Called on any thread.</summary>
    public void Note(ClusterEvent change)
    {
        if (change.CallId is { } callId) _changed[callId] = true;
    }

    /// <summary>All calls that have not ended, the earliest first. One reading at a time.</summary>
    public async Task<IReadOnlyList<CallRecord>> ReadLiveAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var changed = _changed.Keys.ToList();
        foreach (var callId in changed) _changed.TryRemove(callId, out _);
        try
        {
            var wanted = changed.ToHashSet(StringComparer.Ordinal);
            if (now - _idsAt >= IdsAge)
            {
                var ids = (await calls.ListLiveIdsAsync(ct)).ToHashSet(StringComparer.Ordinal);
                foreach (var gone in _live.Keys.Where(id => !ids.Contains(id)).ToList()) _live.Remove(gone);
                wanted.UnionWith(ids.Where(id => !_live.ContainsKey(id)));
                _idsAt = now;
            }

            wanted.UnionWith(_live.Values.OrderBy(entry => entry.ReadAt).Take(Math.Max(LeastInTurn, _live.Count / Turns)).Select(entry => entry.Call.CallId));
            var read = (await calls.GetManyAsync(wanted, ct)).ToDictionary(call => call.CallId, StringComparer.Ordinal);
            foreach (var callId in wanted)
            {
                if (read.TryGetValue(callId, out var call) && call.State < CallState.Ended) _live[callId] = (call, now);
                else _live.Remove(callId);
            }
        }
        catch
        {
            // What was announced is still to be read.
            foreach (var callId in changed) _changed[callId] = true;
            throw;
        }

        return [.. _live.Values.Select(entry => entry.Call).OrderBy(call => call.RangAt)];
    }

    /// <summary>Calls that ended in the last hour, the latest first.</summary>
    public async Task<IReadOnlyList<CallRecord>> ReadRecentAsync(int count, CancellationToken ct)
    {
        var ids = await calls.ListRecentIdsAsync(count, ct);
        var since = time.GetUtcNow() - Settling;
        var known = _recent;
        var read = await calls.GetManyAsync([.. ids.Where(id => !known.TryGetValue(id, out var call) || call.EndedAt > since)], ct);
        var next = ids.Where(known.ContainsKey).ToDictionary(id => id, id => known[id], StringComparer.Ordinal);
        foreach (var call in read) next[call.CallId] = call;
        _recent = next;
        return [.. ids.Where(next.ContainsKey).Select(id => next[id])];
    }
}
