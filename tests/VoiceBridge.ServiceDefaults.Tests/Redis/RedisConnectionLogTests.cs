using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

/// <summary>An outage is told once, however often the client tries again.</summary>
public sealed class RedisConnectionLogTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outage_IsOneLine_AndItsEndAnother()
    {
        var log = new TokenLog();
        var server = await RedisServer.StartAsync(RedisKind.Garnet);
        var port = server.Port;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = $"127.0.0.1:{port}" });
        builder.Logging.ClearProviders().AddProvider(log);
        builder.AddServiceDefaults("test");
        builder.AddClusterRedis();
        using var host = builder.Build();
        await host.StartAsync(Ct);
        var redis = host.Services.GetRequiredService<IConnectionMultiplexer>();
        var failures = 0;
        redis.ConnectionFailed += (_, _) => Interlocked.Increment(ref failures);
        await Eventually.True(() => redis.IsConnected, what: "Redis");

        await server.DisposeAsync();
        await Eventually.True(() => Volatile.Read(ref failures) >= 2 && !redis.IsConnected, what: "failed attempts");
        await using (await RedisServer.StartAsync(RedisKind.Garnet, port))
        {
            await Eventually.True(() => log.Lines.Any(line => line.Contains("is back", StringComparison.Ordinal)), what: "the line about the end of the outage");
            await host.StopAsync(Ct);
        }

        Assert.Single(log.Lines, line => line.Contains($"Redis 127.0.0.1:{port} is away", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("UnableToConnect on", StringComparison.Ordinal));
    }
}
