using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.Cluster.Tests.Trust;

internal static class TestKeys
{
    public static string New(byte seed) => Convert.ToBase64String([.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7 + seed))]);

    /// <summary>A key that takes over at a time.</summary>
    public static string New(byte seed, DateTimeOffset from) => $"{New(seed)}@{from:yyyy-MM-ddTHH:mm:ssZ}";

    public static IOptions<ClusterOptions> Options(params string[] keys) => Microsoft.Extensions.Options.Options.Create(new ClusterOptions { Keys = [.. keys] });

    public static ClusterKeys Keys(params byte[] seeds) => new(Options([.. seeds.Select(New)]));
}
