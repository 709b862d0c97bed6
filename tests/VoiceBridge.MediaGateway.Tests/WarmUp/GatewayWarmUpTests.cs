using Microsoft.Extensions.Configuration;
using StackExchange.Redis;
using VoiceBridge.MediaGateway.WarmUp;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.WarmUp;

/// <summary>What a gateway does before it is ready: whole calls, and nothing that stays.</summary>
public sealed class GatewayWarmUpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_IsWholeCalls_WithSpeechInterruptionAndTool()
    {
        await using var server = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var redis = await server.ConnectAsync();

        await RunAsync(server, "gateway-of-others");

        var timelines = await Eventually.Get(() => ReadTimelinesAsync(redis), all => all.Count == 3, what: "the calls' timelines");
        Assert.All(timelines, timeline => Assert.True(Done(timeline), timeline));
    }

    [Fact]
    public async Task Round_LeavesNothingThatDoesNotEnd_AndNothingInTheServicesOwnCluster()
    {
        await using var server = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var redis = await server.ConnectAsync();

        await RunAsync(server, "ours");

        var database = redis.GetDatabase();
        var keys = (string[])(await database.ExecuteAsync("KEYS", "*"))!;
        Assert.NotEmpty(keys);
        Assert.DoesNotContain(keys, key => key.Contains("ours", StringComparison.Ordinal));
        foreach (var key in keys) Assert.True(await database.KeyTimeToLiveAsync(key) is { } left ? left <= TimeSpan.FromHours(25) : !await database.KeyExistsAsync(key), $"{key} stays");
    }

    private static bool Done(string timeline) =>
        ((string[])["connected", "first_audio", "interruption", "warm_up"]).All(word => timeline.Contains(word, StringComparison.Ordinal));

    private static async Task RunAsync(RedisServer server, string cluster)
    {
        var service = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = server.ConnectionString,
            ["Cluster:Name"] = cluster,
            ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
        }).Build();
        await using var warmUp = await GatewayWarmUp.StartAsync(service, Ct);
        await warmUp.RunRoundAsync(Ct).WaitAsync(TimeSpan.FromSeconds(60), Ct);
    }

    private static async Task<IReadOnlyList<string>> ReadTimelinesAsync(ConnectionMultiplexer redis)
    {
        var database = redis.GetDatabase();
        var texts = new List<string>();
        foreach (var key in ((string[])(await database.ExecuteAsync("KEYS", "*"))!).Where(key => key.EndsWith(":timeline", StringComparison.Ordinal)))
            texts.Add(string.Join('\n', (await database.ListRangeAsync(key)).Select(entry => entry.ToString())));
        return texts;
    }
}
