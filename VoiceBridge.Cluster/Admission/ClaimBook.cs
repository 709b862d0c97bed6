using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.Cluster.Admission;

/// <summary>Who takes care of which ringing call: one replica at a time, and another one when that is gone.</summary>
public sealed class ClaimBook
{
    /// <summary>
    /// Claims a ringing call and writes its record, with what is needed to answer it. False when the call is claimed or done already:
    /// a repeated or concurrent delivery. A lapsed claim is taken over.
    /// </summary>
    public Task<bool> TryClaimAsync(CallRecord ringing, string owner, TimeSpan lease, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Keeps the claim. False when it is no longer <paramref name="owner"/>'s: somebody else takes care of the call.</summary>
    public Task<bool> RenewAsync(string callId, string owner, TimeSpan lease, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call is answered or refused: nothing is left to claim.</summary>
    public Task CompleteAsync(string callId, string owner, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Lets the claim lapse at once, so that another replica takes it.</summary>
    public Task ReleaseAsync(string callId, string owner, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Takes over up to <paramref name="max"/> calls whose claim has lapsed, each by exactly one replica.</summary>
    public Task<IReadOnlyList<CallRecord>> TakeLapsedAsync(string owner, TimeSpan lease, int max, CancellationToken ct) => throw new NotImplementedException();
}
