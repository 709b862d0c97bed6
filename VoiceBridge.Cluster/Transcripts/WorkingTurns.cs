namespace VoiceBridge.Cluster.Transcripts;

/// <summary>The conversation so far, encrypted, from which another gateway goes on after a loss. Gone 60 s after the call.</summary>
public sealed class WorkingTurns
{
    /// <summary>Adds a turn; the last 500 are kept.</summary>
    public Task AppendAsync(string callId, Turn turn, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Writes all turns anew: after Redis was away or emptied.</summary>
    public Task ReplaceAsync(string callId, IReadOnlyList<Turn> turns, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The turns so far; none for an unknown call. Turns that cannot be decrypted are left out.</summary>
    public Task<IReadOnlyList<Turn>> ReadAsync(string callId, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call is over: the turns go in 60 s.</summary>
    public Task EndAsync(string callId, CancellationToken ct) => throw new NotImplementedException();
}
