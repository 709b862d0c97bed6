using System.Diagnostics;

namespace VoiceBridge.ClusterBench;

/// <summary>One caller.</summary>
/// <param name="Name">Its incoming call context, too.</param>
/// <param name="CallId">As the cluster names it.</param>
/// <param name="Length">How long it is talked.</param>
internal sealed record BenchCall(string Name, string CallId, TimeSpan Length)
{
    /// <summary>When it rang (<see cref="Stopwatch"/>).</summary>
    public long RangAt { get; } = Stopwatch.GetTimestamp();

    public BenchGateway? Gateway { get; set; }
}
