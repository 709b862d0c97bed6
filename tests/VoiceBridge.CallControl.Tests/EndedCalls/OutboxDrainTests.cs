using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.EndedCalls;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.History.Reading;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.CallControl.Tests.EndedCalls;

public sealed class OutboxDrainTests(RedisServers servers, HistoryDatabases databases) : EndedCallsTest(servers)
{
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EndedCalls_AreInTheHistoryOnceEach_AndTheirTranscriptsOnlyThere(DatabaseKind kind)
    {
        Settings["ConnectionStrings:history"] = await databases.CreateAsync(kind);
        var (one, _) = (await StartAsync(), await StartAsync());
        await OpenAsync(one);

        var calls = await EndAsync(one, 120);

        var kept = await KeptAsync(one, 120);
        Assert.Equal(calls.Order(), kept.Select(call => call.CallId).Order());
        Assert.All(kept, call => Assert.Equal((Caller, "caller_hung_up"), (call.Caller, call.EndReason)));
        await Eventually.True(async () => await one.Services.GetRequiredService<Outbox>().CountAsync(Ct) == 0, what: "an empty outbox");
        Assert.Empty(await one.Services.GetRequiredService<VoiceBridge.Cluster.Transcripts.Transcripts>().ReadAsync(calls[0], Ct));
        var call = await one.Services.GetRequiredService<CallHistory>().GetAsync(calls[0], withTurns: true, Ct);
        Assert.Equal("Hello", Assert.Single(call!.Turns).Text);
        Assert.Equal(120, (await one.Services.GetRequiredService<CallReports>().ReadAsync(30_000, null, Ct)).Total.Calls);
    }

    [Fact]
    public async Task WhileTheDatabaseIsAway_CallsWait_WhoeverGoesMeanwhile()
    {
        Assert.SkipWhen(PostgresServer.WhyNot is not null, PostgresServer.WhyNot ?? "");
        var postgres = Keep(await PostgresServer.StartAsync());
        Settings["ConnectionStrings:history"] = postgres.ConnectionString();
        var first = await StartAsync();
        await OpenAsync(first);
        var calls = await EndAsync(first, 10);
        await KeptAsync(first, 10);

        await postgres.StopAsync();
        calls.AddRange(await EndAsync(first, 60));
        await Eventually.True(() => first.Logs.Lines.Any(line => line.Contains("does not answer, and", StringComparison.Ordinal)), what: "the complaint");
        var second = await StartAsync();
        await first.StopAsync();
        calls.AddRange(await EndAsync(second, 60));
        await postgres.StartServerAsync();

        var kept = await KeptAsync(second, 130);
        Assert.Equal(calls.Order(), kept.Select(call => call.CallId).Order());
        Assert.Equal(130, (await second.Services.GetRequiredService<CallReports>().ReadAsync(30_000, null, Ct)).Total.Calls);
    }

    [Fact]
    public async Task WhatDoesNotFit_IsNamedAndCounted()
    {
        Settings["ConnectionStrings:history"] = "Host=127.0.0.1;Port=1;Database=none;Username=none";
        Settings["History:MaxWaitingCalls"] = "100";
        Settings["History:MaxWaitingTranscripts"] = "20";
        using var transcripts = new MetricCount("voicebridge.history.dropped", "what", "transcript");
        using var lost = new MetricCount("voicebridge.history.dropped", "what", "call");
        var host = await StartAsync();
        await OpenAsync(host);

        await EndAsync(host, 103);

        await Eventually.True(() => transcripts.Count >= 80 && lost.Count >= 3, what: "what was dropped", tell: () => $"{transcripts.Count}, {lost.Count}");
        Assert.Contains(host.Logs.Lines, line => line.Contains("calls are lost to the history", StringComparison.Ordinal));
        Assert.Contains(host.Logs.Lines, line => line.Contains("transcripts of", StringComparison.Ordinal));
        Assert.Equal(100, await host.Services.GetRequiredService<Outbox>().CountAsync(Ct));
    }

    [Fact]
    public async Task EraseCommand_TakesAPersonOutOfRedisAndOfTheHistory()
    {
        Settings["ConnectionStrings:history"] = await databases.CreateAsync(DatabaseKind.Sqlite);
        var host = await StartAsync();
        await OpenAsync(host);
        var calls = await EndAsync(host, 5);
        await KeptAsync(host, 5);

        var said = new StringWriter();
        Assert.Equal(2, await EraseCommand.RunAsync(host.Services, ["--numbers"], said, Ct));
        Assert.Equal(0, await EraseCommand.RunAsync(host.Services, ["--number", "+1 425 555 0123"], said, Ct));

        Assert.Contains("5 calls of the history (5 with a transcript), 5 calls in Redis", said.ToString(), StringComparison.Ordinal);
        Assert.Empty((await host.Services.GetRequiredService<CallHistory>().FindAsync(new CallQuery(), Ct)).Calls);
        Assert.Null(await host.Calls.GetAsync(calls[0], Ct));
        Assert.DoesNotContain(host.Logs.Lines, line => line.Contains(Caller, StringComparison.Ordinal));
    }
}
