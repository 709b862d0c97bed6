using System.Net;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.View;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Local;

/// <summary>The summary's last lines say what callers went through.</summary>
public sealed class SummaryTests(RedisServers servers)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Callers_who_were_cut_off_are_counted_last_and_faults_are_named_once()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options.With(("VoiceLive:ConnectSeconds", "0.5")));
        var azure = system.Azure!;
        var happy = azure.PlaceCall(new CallPlan { From = "+14255550001", Script = CallerScript.Conversation(1) });
        await happy.OverAsync();
        var calls = Enumerable.Range(2, 2).Select(n => azure.PlaceCall(new CallPlan { From = $"+1425555000{n}", Script = CallerScript.Conversation(50) })).Prepend(happy).ToArray();
        foreach (var call in calls) await call.HeardAsync(1);

        azure.Options.VoiceLive.Refuse = HttpStatusCode.ServiceUnavailable;
        azure.DropVoiceLive();
        foreach (var call in calls) await call.OverAsync();
        var records = new List<CallRecord>();
        foreach (var call in calls) records.Add(await system.RecordAsync(call, record => record.State == CallState.Ended));

        var summary = new Summary(calls, [], records, left: 0, ["drop voicelive", "stop redis"]);
        var lines = summary.Lines().ToArray();

        Assert.Equal("2 of 3 callers were cut off: agent_lost 2.", lines[^1]);
        Assert.Contains(lines[^1], summary.Problems);
        Assert.Equal("Done meanwhile: drop voicelive, stop redis.", Assert.Single(lines, line => line.Contains("drop voicelive", StringComparison.Ordinal)));
        // Without the records it is known from the callers themselves.
        Assert.Equal("2 of 3 callers were cut off: no record 2.", new Summary(calls, [], [], left: 0, []).Lines().Last());
    }

    [Fact]
    public async Task That_nobody_was_cut_off_is_said_too()
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet);
        var call = system.Azure!.PlaceCall(new CallPlan { Script = CallerScript.Conversation(1) });
        await call.OverAsync();
        var record = await system.RecordAsync(call, found => found.State == CallState.Ended);

        var summary = new Summary([call], [], [record], left: 0, []);

        Assert.Equal("No caller was cut off.", summary.Lines().Last());
        Assert.Empty(summary.Problems);
    }
}
