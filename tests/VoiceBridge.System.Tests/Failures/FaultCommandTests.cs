using VoiceBridge.Local.Cli;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

/// <summary>What can be typed while calls run does what it says, and a caller on the line outlives it.</summary>
public sealed class FaultCommandTests(RedisServers servers)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_do_what_they_say_while_a_call_goes_on()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => Crowd.InProcesses(options) with { Gateways = 2, Controls = 2 });
        var faults = new PromptCommands(new Faults(system).Commands);
        var crowd = await Crowd.TalkingAsync(system, 2, readable: false);

        Assert.Matches("^[1-9][0-9]* Voice Live sessions dropped$", await faults.RunAsync("drop voicelive", Ct));
        await Crowd.HearingAsync(crowd.Calls);
        Assert.Equal("callcontrol-1 killed", await faults.RunAsync("kill callcontrol", Ct));
        Assert.Equal("gateway-2 killed", await faults.RunAsync("kill gateway 2", Ct));
        Assert.Equal("gateway-2 does not run.", await faults.RunAsync("kill gateway 2", Ct));
        Assert.StartsWith("gateway-3 started at http://127.0.0.1:", await faults.RunAsync("start gateway", Ct), StringComparison.Ordinal);
        await Crowd.HearingAsync(crowd.Calls);
        Assert.Equal("gateway-1 told to drain", await faults.RunAsync("drain gateway 1", Ct));
        var drained = system.GatewayId("gateway-1");
        await Eventually.True(
            async () => (await system.Cluster.Connections.ListAsync(Ct)) is { Count: 2 } open && open.All(connection => connection.GatewayId != drained),
            Systems.Deadline, "the calls of the drained gateway to be elsewhere");
        await Crowd.HearingAsync(crowd.Calls);

        Assert.All(crowd.Calls, call => Assert.True(call.State == SimulatedCallState.Answered, Crowd.Tell(call)));
        Assert.Equal(["drop voicelive", "kill callcontrol", "kill gateway 2", "start gateway", "drain gateway 1"], faults.Faults);
        await crowd.HangUpAsync();
    }

    [Fact]
    public async Task Commands_that_cannot_be_done_say_why()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);
        var faults = new PromptCommands(new Faults(system).Commands);

        Assert.Equal("There are 1: 1 to 1, not '4'.", await faults.RunAsync("drain gateway 4", Ct));
        Assert.Equal("gateway-1 stopped at once; to be killed it needs a process of its own: --processes", await faults.RunAsync("kill gateway", Ct));
        Assert.Equal("None runs.", await faults.RunAsync("undrain gateway", Ct));
        Assert.Equal(["kill gateway"], faults.Faults);
    }
}
