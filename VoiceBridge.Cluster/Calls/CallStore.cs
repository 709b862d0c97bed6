namespace VoiceBridge.Cluster.Calls;

/// <summary>The calls of the cluster: live ones, and those that ended in the last hour.</summary>
public sealed class CallStore
{
    /// <summary>
    /// Moves the call forward to <paramref name="to"/> and applies <paramref name="change"/>; an unknown call is created. False, and nothing
    /// changed, when the call is already there or past it. Publishes a <see cref="Events.ClusterEvent"/>.
    /// </summary>
    public Task<bool> AdvanceAsync(string callId, CallState to, CallChange change, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Applies a change to a call of any state; an unknown one is left unknown.</summary>
    public Task UpdateAsync(string callId, CallChange change, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call, or null when it is unknown or ended more than an hour ago.</summary>
    public Task<CallRecord?> GetAsync(string callId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>All calls that have not ended, the earliest first.</summary>
    public Task<IReadOnlyList<CallRecord>> ListLiveAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Calls that ended in the last hour, the latest first, <paramref name="count"/> at most.</summary>
    public Task<IReadOnlyList<CallRecord>> ListRecentAsync(int count, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Adds to the call's timeline; the last 500 are kept.</summary>
    public Task AddEventAsync(string callId, CallEvent entry, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call's timeline, as it happened.</summary>
    public Task<IReadOnlyList<CallEvent>> ListEventsAsync(string callId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>
    /// The call's media are gone, says ACS or a gateway's silence. With a <paramref name="connectionId"/> only if that is still the current
    /// one. False when it is not, or the call is over.
    /// </summary>
    public Task<bool> MarkMediaLostAsync(string callId, string? connectionId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Calls not over whose media have been gone (or marked so) for at least <paramref name="olderThan"/>, the longest first.</summary>
    public Task<IReadOnlyList<CallRecord>> ListMediaLostAsync(TimeSpan olderThan, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>
    /// Connected calls whose media should be open on a gateway that is dead by its heartbeat (5 s). Nothing is changed: after an outage of Redis
    /// everybody looks dead, so the caller decides (<see cref="MarkMediaLostAsync"/>).
    /// </summary>
    public Task<IReadOnlyList<CallRecord>> ListLapsedAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Takes or renews the right to recover the call; one owner has it at a time.</summary>
    public Task<bool> TryLeaseRecoveryAsync(string callId, string owner, TimeSpan lease, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Gives that right back, if <paramref name="owner"/> has it.</summary>
    public Task ReleaseRecoveryAsync(string callId, string owner, CancellationToken ct) => throw new NotImplementedException();
}
