using VoiceBridge.Testing.Databases;

namespace VoiceBridge.History.Tests.Reading;

public sealed class CallReportsTests(HistoryDatabases databases)
{
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task Report_AddsUpDaysAndAgents(DatabaseKind kind)
    {
        using var history = await TestHistory.OnAsync(databases, kind);
        const int Day = 24 * 60;
        await history.WriteAsync(
            TestHistory.Call(0, agent: "sales"), TestHistory.Call(-Day, agent: "sales", seconds: 400) with { FirstAudioMs = 3_900 }, TestHistory.Call(-Day, agent: "support"),
            TestHistory.Call(-Day, agent: "", reason: "busy") with { ConnectedAt = null, AnsweredAt = null, FirstAudioMs = null },
            TestHistory.Call(-40 * Day, agent: "sales"));

        var week = await history.Reports.ReadAsync(7, null, TestHistory.Ct);

        Assert.Equal(7, week.Days.Count);
        Assert.Equal([0, 0, 0, 0, 0, 3, 1], week.Days.Select(day => day.Figures.Calls));
        Assert.Equal([("sales", 2L), ("", 1L), ("support", 1L)], week.Agents.Select(agent => (agent.Agent, agent.Figures.Calls)));
        Assert.Equal((4, 3, 1, 0.75), (week.Total.Calls, week.Total.Answered, week.Total.Busy, week.Total.AnswerRate));
        Assert.Equal([KeyValuePair.Create("caller_hung_up", 3L), KeyValuePair.Create("busy", 1L)], week.Total.Reasons);
        Assert.Equal((60, 420), (week.Total.DurationSeconds(0.5), week.Total.DurationSeconds(0.95)));
        Assert.Equal((500, 4_000, 320), (week.Total.FirstAudioMs(0.5), week.Total.FirstAudioMs(0.95), week.Total.AnswerMs(0.5)));
        Assert.Equal(800, week.Total.TurnLatencyMs(0.5));
        Assert.Equal(5, (await history.Reports.ReadAsync(90, null, TestHistory.Ct)).Total.Calls);
        Assert.Equal(2, (await history.Reports.ReadAsync(7, "sales", TestHistory.Ct)).Total.Calls);
    }
}
