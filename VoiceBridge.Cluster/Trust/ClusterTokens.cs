namespace VoiceBridge.Cluster.Trust;

/// <summary>Short-lived HS256 JWTs by which the cluster's services know each other.</summary>
public sealed class ClusterTokens
{
    /// <summary>A token for <paramref name="audience"/>, valid for 5 minutes.</summary>
    public string Issue(string audience) => throw new NotImplementedException();

    /// <summary>Whether <paramref name="token"/> is ours, for <paramref name="audience"/>, and not over; if not, why. Never throws.</summary>
    public bool TryVerify(string? token, string audience, out string? refusal) => throw new NotImplementedException();
}
