using VoiceBridge.Simulator.Load;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.Load;

public sealed class LoadRunTests
{
    [Fact]
    public async Task Report_CountsWhatBecameOfEachCall()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions { VoiceLive = { Echo = true } });
        var asked = 0;
        bridge.OnIncoming = data => Interlocked.Increment(ref asked) % 3 == 0
            ? bridge.AcsAsync(HttpMethod.Post, ":reject", new() { ["incomingCallContext"] = data.GetProperty("incomingCallContext").GetString(), ["callRejectReason"] = "busy" })
            : bridge.AnswerAsync(data);
        var run = new LoadRun(bridge.Azure, new LoadPlan { Calls = 9, Rate = 20, Duration = TimeSpan.FromSeconds(3), Script = "measure" });
        var seen = 0;
        var report = await run.RunAsync(_ => seen++, TestContext.Current.CancellationToken);
        Assert.Equal((9, 6, 3, 0), (report.Offered, report.Answered, report.Busy, report.Lost));
        Assert.Equal(3, report.Reasons["rejected: busy"]);
        Assert.Equal(6, report.Reasons["caller hung up"]);
        Assert.Equal(6, report.TimeToAnswer.Count);
        Assert.True(report.RoundTrip.Count > 6 * 50, $"{report.RoundTrip}");
        Assert.Equal(0, report.FramesForeign);
        Assert.True(report.MostAtOnce is > 1 and <= 6);
        Assert.True(seen > 1);
    }

    [Fact]
    public async Task UnansweredCalls_AreLost()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions { Acs = { RingSeconds = 0.3 } });
        bridge.OnIncoming = _ => Task.CompletedTask;
        var report = await new LoadRun(bridge.Azure, new LoadPlan { Calls = 3, Rate = 100 }).RunAsync(cancel: TestContext.Current.CancellationToken);
        Assert.Equal(3, report.Lost);
        Assert.Equal(3, report.Reasons["nobody answered"]);
    }

    [Fact]
    public async Task CallsAnsweredInVain_AreLost()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        // An address where nobody listens: answered, and never any media.
        bridge.OnIncoming = data => bridge.AnswerAsync(data, media: "ws://127.0.0.1:1/media");
        var plan = new LoadPlan { Calls = 3, Rate = 100, Duration = TimeSpan.FromSeconds(3) };

        var report = await new LoadRun(bridge.Azure, plan).RunAsync(cancel: TestContext.Current.CancellationToken);

        Assert.Equal((3, 3), (report.Answered, report.Lost));
        Assert.Equal(3, report.Reasons["answered, but never heard anybody"]);
    }

    [Fact]
    public void Percentiles_AreNearestRank()
    {
        var p = Percentiles.Of(Enumerable.Range(1, 100).Select(i => (double)i));
        Assert.Equal(new Percentiles(100, 50, 95, 99, 100), p);
        Assert.Equal(new Percentiles(0, 0, 0, 0, 0), Percentiles.Of([]));
    }
}
