using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.CallControl.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Testing;

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

    /// <summary>As the sweeper does it, which hangs up what has lasted longer than an hour, and 5 minutes.</summary>
    private static async Task GoesOnAsync(CallControlHost host, string callId)
    {
        var sweeper = host.Services.GetServices<IHostedService>().OfType<LiveCallSweeper>().Single();
        await sweeper.LookAsync((await host.Calls.GetAsync(callId, Ct))!, Ct);
        Assert.Equal(CallState.Connected, (await host.Calls.GetAsync(callId, Ct))!.State);
    }

    private async Task<CallControlHost> StartAsync(MachineClock machine)
    {
        var host = Keep(await CallControlHost.StartAsync(Settings, services: services =>
            services.AddSingleton(new ClusterClock(machine, NullLogger<ClusterClock>.Instance))));
        await Eventually.True(() => host.Services.GetRequiredService<ClusterWatch>().Reachable, what: "the cluster in sight");
        return host;
    }
}
