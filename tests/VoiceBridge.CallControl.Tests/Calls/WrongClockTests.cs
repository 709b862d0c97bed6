using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using StackExchange.Redis;
using VoiceBridge.Cluster.Connections;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>A replica on a machine whose clock is wrong, or is set while calls run.</summary>
public sealed class WrongClockTests(RedisServers servers) : ClusterTest(servers)
{
    [Theory, InlineData(3), InlineData(-3)]
    public async Task ClockThatIsHoursOff_NeitherMissesNorEndsCalls(int hours)
    {
        var machine = new MachineClock { Off = TimeSpan.FromHours(hours) };
        var host = await StartAsync(machine);
        await StartGatewayAsync(host, capacity: 10);

        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);

        await GoesOnAsync(host, callId);
    }

    [Theory, InlineData(3), InlineData(-3)]
    public async Task ClockThatJumpsHours_NeitherMissesNorEndsCalls(int hours)
    {
        var machine = new MachineClock();
        var host = await StartAsync(machine);
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);
        await ConnectAsync(host, callId, connectionId);

        machine.Off = TimeSpan.FromHours(hours);

        await GoesOnAsync(host, callId);
        await AnsweredAsync(host, "another");
    }

    /// <summary>Made due, the call is looked at, and hung up where it has lasted longer than an hour, and a minute.</summary>
    private async Task GoesOnAsync(CallControlHost host, string callId)
    {
        await Gateway.OpenAsync(
            host.Services.GetRequiredService<ConnectionDirectory>(),
            new ConnectionRecord { CallId = callId, ConnectionId = $"socket of {callId}".Replace(' ', '-'), GatewayId = "", ConnectedAt = DateTimeOffset.UtcNow });
        var database = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        var due = $"{{vb-{Settings["Cluster:Name"]}}}:due";
        await database.SortedSetAddAsync(due, callId, 1);
        var soon = DateTimeOffset.UtcNow.AddSeconds(30).ToUnixTimeMilliseconds();
        await Eventually.True(async () => await database.SortedSetScoreAsync(due, callId) > soon, what: "the call to be looked at and put off");
        Assert.Equal(CallState.Connected, (await host.Calls.GetAsync(callId, Ct))!.State);
    }

    [Theory, InlineData(CallbackTokens.Scheme), InlineData(WebhookAuthentication.Scheme)]
    public async Task Tokens_AreCheckedByTheClustersClock(string scheme)
    {
        var machine = new MachineClock { Off = TimeSpan.FromHours(3) };
        var host = Keep(await CallControlHost.StartAsync(Settings, services: services => services.AddSingleton<TimeProvider>(machine)));
        var isValid = host.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(scheme).TokenValidationParameters.LifetimeValidator!;
        var now = DateTime.UtcNow;

        Assert.True(isValid(now.AddHours(3).AddMinutes(-1), now.AddHours(3).AddMinutes(5), null, null));
        Assert.Throws<SecurityTokenExpiredException>(() => isValid(now.AddMinutes(-1), now.AddMinutes(5), null, null));
        Assert.Throws<SecurityTokenNotYetValidException>(() => isValid(now.AddHours(4), now.AddHours(5), null, null));
        Assert.Throws<SecurityTokenNoExpirationException>(() => isValid(null, null, null, null));
    }

    private async Task<CallControlHost> StartAsync(MachineClock machine)
    {
        var host = Keep(await CallControlHost.StartAsync(Settings, services: services =>
            services.AddSingleton(new ClusterClock(machine, NullLogger<ClusterClock>.Instance))));
        await Eventually.True(() => host.Services.GetRequiredService<ClusterWatch>().Reachable, what: "the cluster in sight");
        return host;
    }
}
