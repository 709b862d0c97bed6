using System.Collections.Concurrent;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Redis;

public sealed class SubscriptionTests
{
    private const int Breaks = 30;

    [Theory, MemberData(nameof(RedisServers.Kinds), MemberType = typeof(RedisServers))]
    public async Task Events_go_on_when_all_connections_break_at_once(RedisKind kind)
    {
        await using var server = await RedisServer.StartAsync(kind);
        await using var link = new ServerLink(server.Port);
        await using var publisher = await server.ConnectAsync();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:redis"] = $"127.0.0.1:{link.Port}" });
        builder.AddClusterRedis();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        var received = new ConcurrentQueue<string>();
        var channel = RedisChannel.Literal("events");
        await host.Services.GetRequiredService<IConnectionMultiplexer>().GetSubscriber().SubscribeAsync(channel, (_, message) => received.Enqueue(message.ToString()));

        for (var round = 1; round <= Breaks; round++)
        {
            link.Cut();
            link.Mend();

            var message = $"after break {round}";
            await Eventually.True(async () =>
            {
                await publisher.GetSubscriber().PublishAsync(channel, message);
                return received.Contains(message);
            }, what: message);
        }
    }
}
