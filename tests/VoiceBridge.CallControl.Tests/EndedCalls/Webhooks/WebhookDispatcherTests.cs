using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.EndedCalls.Webhooks;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.History.Webhooks;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.CallControl.Tests.EndedCalls.Webhooks;

public sealed class WebhookDispatcherTests(RedisServers servers, HistoryDatabases databases) : EndedCallsTest(servers)
{
    private const string Secret = "whsec_bmV3IGtleSBvZiB0aGUgcmVjZWl2ZXIncyB0ZXN0cw==";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    /// <summary>One receiver takes an event at the tenth try, one never answers, and one of two replicas goes meanwhile.</summary>
    [Theory, MemberData(nameof(HistoryDatabases.Kinds), MemberType = typeof(HistoryDatabases))]
    public async Task EachReceiver_IsToldOfEachCall_WhateverTheOthersDo(DatabaseKind kind)
    {
        Settings["ConnectionStrings:history"] = await databases.CreateAsync(kind);
        var (failing, good, hanging) = (await AddReceiverAsync("failing"), await AddReceiverAsync("good"), await AddReceiverAsync("hanging"));
        var tries = new ConcurrentDictionary<string, int>();
        failing.Answer = context => Task.FromResult(tries.AddOrUpdate(context.Request.Headers["webhook-id"].ToString(), 1, (_, count) => count + 1) % 10 == 0 ? 204 : 503);
        hanging.Answer = async context =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            return 204;
        };
        var (first, second) = (await StartAsync(), await StartAsync());
        await OpenAsync(first);

        var calls = await EndAsync(first, 10);
        await TakenAsync(good, calls);
        await first.StopAsync();
        calls.AddRange(await EndAsync(second, 10));

        await TakenAsync(good, calls);
        await TakenAsync(failing, calls);
        Assert.All(tries, count => Assert.True(count.Value >= 10));
        Assert.Equal(20, good.Seen.Count);
        Assert.Empty(hanging.Taken);
        await Eventually.True(async () => (await OverviewAsync(second)).Single(receiver => receiver.Name == "failing") is { Waiting: 0, DeliveredAt: not null }, Deadline, "nothing to wait");
        Assert.Equal(20, (await OverviewAsync(second)).Single(receiver => receiver.Name == "hanging").Waiting);
    }

    [Fact]
    public async Task ReceiverThatIsGone_IsLeftAlone_UntilAnOperatorSaysSo()
    {
        Settings["ConnectionStrings:history"] = await databases.CreateAsync(DatabaseKind.Sqlite);
        var receiver = await AddReceiverAsync("crm");
        receiver.Answer = _ => Task.FromResult(StatusCodes.Status410Gone);
        var host = await StartAsync();
        await OpenAsync(host);
        using var stopped = new MetricCount("voicebridge.webhooks", "outcome", "stopped");

        var calls = await EndAsync(host, 1);
        await Eventually.True(async () => (await OverviewAsync(host)).Any(row => row is { Stopped: true, LastError: "answered 410: it is gone" }), Deadline, "the stop");
        calls.AddRange(await EndAsync(host, 3));
        await KeptAsync(host, 4);

        Assert.Single(receiver.Seen);
        Assert.Equal(1, stopped.Count);
        Assert.Contains(host.Logs.Lines, line => line.Contains("has answered 410", StringComparison.Ordinal));
        receiver.Answer = _ => Task.FromResult(StatusCodes.Status200OK);
        Assert.Equal(4, await host.Services.GetRequiredService<WebhookOverview>().SendAgainAsync("crm", null, Ct));
        await TakenAsync(receiver, calls);
    }

    [Fact]
    public async Task ReceiverThatAsksForTime_IsLeftAloneForSoLong()
    {
        Settings["ConnectionStrings:history"] = await databases.CreateAsync(DatabaseKind.Sqlite);
        var receiver = await AddReceiverAsync("crm");
        receiver.Answer = context =>
        {
            context.Response.Headers.RetryAfter = "3600";
            return Task.FromResult(StatusCodes.Status429TooManyRequests);
        };
        var host = await StartAsync();
        await OpenAsync(host);

        await EndAsync(host, 1);
        await Eventually.True(async () => (await OverviewAsync(host)).Any(row => row.LastError == "answered 429"), Deadline, "the refusal");
        await EndAsync(host, 3);
        await KeptAsync(host, 4);

        var row = Assert.Single(await OverviewAsync(host));
        Assert.Single(receiver.Seen);
        Assert.Equal(4, row.Waiting);
        Assert.Contains((await host.Services.GetRequiredService<WebhookOverview>().ReadAsync(Ct)).Undelivered, waiting => waiting.NextAt > DateTimeOffset.UtcNow.AddMinutes(55));
    }

    [Fact]
    public async Task ServiceWithAReceiverThatIsWrong_DoesNotStart()
    {
        Settings["Webhooks:Receivers:crm:Url"] = "ftp://crm.example/";

        var exception = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(StartAsync);

        Assert.Contains("Webhooks:Receivers:crm:Url must be an https address", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:history is not set", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pauses_Double_AndAreNeverLongerThanTheLongest()
    {
        var options = new WebhookOptions();
        Assert.InRange(WebhookCourier.DelayAfter(1, options).TotalSeconds, 2.5, 5);
        Assert.InRange(WebhookCourier.DelayAfter(4, options).TotalSeconds, 20, 40);
        Assert.InRange(WebhookCourier.DelayAfter(1_000, options).TotalSeconds, 300, 600);
    }

    private protected override void Configure(Dictionary<string, string?> settings)
    {
        base.Configure(settings);
        settings["Webhooks:AllowPrivate"] = "true";
        settings["Webhooks:Timeout"] = "00:00:02";
        settings["Webhooks:MinDelay"] = "00:00:00.02";
        settings["Webhooks:MaxDelay"] = "00:00:00.1";
    }

    private async Task<FakeReceiver> AddReceiverAsync(string name)
    {
        var receiver = Keep(await FakeReceiver.StartAsync());
        Settings[$"Webhooks:Receivers:{name}:Url"] = receiver.Url.ToString();
        Settings[$"Webhooks:Receivers:{name}:Secrets:0"] = Secret;
        return receiver;
    }

    private static async Task<IReadOnlyList<ReceiverView>> OverviewAsync(CallControlHost host) => (await host.Services.GetRequiredService<WebhookOverview>().ReadAsync(Ct)).Receivers;

    private static Task TakenAsync(FakeReceiver receiver, List<string> calls) => Eventually.True(
        () => calls.Select(CallEndedEvent.IdOf).ToHashSet().SetEquals(receiver.Taken), Deadline, $"{calls.Count} events", () => $"{receiver.Taken.Distinct().Count()} were taken, {receiver.Seen.Count} tried");
}
