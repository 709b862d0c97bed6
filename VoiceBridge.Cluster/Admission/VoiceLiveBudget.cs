namespace VoiceBridge.Cluster.Admission;

/// <summary>New Voice Live connections of the last 60 s, by endpoint, over all gateways.</summary>
public sealed class VoiceLiveBudget
{
    /// <summary>Takes one new connection from the endpoint's budget, reserve included: for recovery and browser callers.</summary>
    public Task<bool> TryTakeAsync(string endpoint, int perMinute, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>How many were taken in the last 60 s, by endpoint.</summary>
    public Task<IReadOnlyDictionary<string, int>> UsedAsync(CancellationToken ct) => throw new NotImplementedException();
}
