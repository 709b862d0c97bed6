using Microsoft.Extensions.Configuration;
using VoiceBridge.CallControl.WarmUp;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.WarmUp;

/// <summary>What CallControl does before it answers: whole calls, and nothing that stays.</summary>
public sealed class CallControlWarmUpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Round_AnswersAndEndsItsCalls_InAClusterOfItsOwn()
    {
        await using var server = await RedisServer.StartAsync(RedisKind.Garnet);
        await using var redis = await server.ConnectAsync();
        var service = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = server.ConnectionString,
            ["Cluster:Name"] = "ours",
            ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
        }).Build();

        await using (var warmUp = await CallControlWarmUp.StartAsync(service, configure: null, Ct)) await warmUp.RunRoundAsync(Ct);

        var database = redis.GetDatabase();
        var keys = (string[])(await database.ExecuteAsync("KEYS", "*"))!;
        var records = keys.Where(key => key.Contains(":call:", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, records.Length);
        foreach (var record in records)
        foreach (var field in (string[])["answered", "connected", "ended"])
            Assert.True(await database.HashExistsAsync(record, field), $"{field} is missing: {string.Join(' ', await database.HashGetAllAsync(record))}");
        Assert.DoesNotContain(keys, key => key.Contains("ours", StringComparison.Ordinal));
        foreach (var key in keys) Assert.True(await database.KeyTimeToLiveAsync(key) is { } left ? left <= TimeSpan.FromHours(25) : !await database.KeyExistsAsync(key), $"{key} stays");
    }
}
