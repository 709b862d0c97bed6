using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.ServiceDefaults.Tests.Privacy;

public class HashKeyTests
{
    private const string ClusterKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Fact]
    public async Task HashKey_IsDerivedFromTheClustersKey_AndIsTheSameOnAllReplicas()
    {
        var key = await KeyAsync(ClusterKey);

        Assert.Equal(32, Convert.FromBase64String(key).Length);
        Assert.NotEqual(ClusterKey, key);
        Assert.Equal(key, await KeyAsync(ClusterKey + "@2026-12-01T06:00Z"));
        Assert.NotEqual(key, await KeyAsync(ClusterKey.Replace('A', 'B')));
    }

    private static async Task<string> KeyAsync(string clusterKey)
    {
        string? key = null;
        await using var host = await ServiceHost.StartAsync("Development", new() { ["Cluster:Keys:0"] = clusterKey },
            app => key = app.Services.GetRequiredService<IOptions<PrivacyOptions>>().Value.HashKey);
        return key!;
    }
}
