namespace VoiceBridge.Cluster.Transcripts;

/// <summary>The redacted copies of conversations that are kept, where <see cref="TranscriptOptions.Keep"/> says so; encrypted.</summary>
public sealed class Transcripts
{
    /// <summary>Adds a turn that has been redacted; nothing happens when transcripts are not kept.</summary>
    public Task AppendAsync(string callId, Turn redacted, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The call's kept turns; none when there are none.</summary>
    public Task<IReadOnlyList<Turn>> ReadAsync(string callId, CancellationToken ct) => throw new NotImplementedException();
}
