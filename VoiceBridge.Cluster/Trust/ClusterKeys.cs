namespace VoiceBridge.Cluster.Trust;

/// <summary>The cluster's secret keys, derived per purpose with HKDF-SHA256, 32 bytes each.</summary>
public sealed class ClusterKeys
{
    /// <summary>The key that signs and encrypts for <paramref name="purpose"/>.</summary>
    public byte[] Derive(string purpose) => throw new NotImplementedException();

    /// <summary>All keys that verify and decrypt for <paramref name="purpose"/>, the signing one first.</summary>
    public IReadOnlyList<byte[]> DeriveAll(string purpose) => throw new NotImplementedException();
}
