using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Commands;
using VoiceBridge.Dashboard.Talk;
using VoiceBridge.Testing;

namespace VoiceBridge.Dashboard.Tests.Commands;

/// <summary>Who did what to whom is in the call's timeline and in the log, with numbers as callers' are shown.</summary>
public sealed class WhatOperatorsDidTests : IAsyncLifetime
{
    private static readonly CallRecord Call = new() { CallId = "0123456789abcdef0123456789abcdef", CorrelationId = "c", CallConnectionId = "leg-1", State = CallState.Connected };
    private RedisServer? _redis;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync(RedisKind.Garnet);

    public async ValueTask DisposeAsync() => await _redis!.DisposeAsync();

    [Theory]
    [InlineData("Last4", "********0123")]
    [InlineData("Full", "+14255550123")]
    public async Task Transfer_IsKeptWithNameAndTarget(string privacy, string shown)
    {
        await using var host = Create(privacy: privacy);

        await host.Actions.TransferAsync(Call, "+14255550123");

        Assert.Equal($"Somebody transferred the call to {shown}.", await LastAsync(host));
        Assert.Contains(host.Log.Collector.GetSnapshot(), line => line.Message == $"Transfer of call {Call.CallId} to {shown} by Somebody: done");
    }

    [Fact]
    public async Task Transfer_ThatCameToNothing_IsKeptToo()
    {
        await using var host = Create(HttpStatusCode.Conflict, """{"error":"not now"}""");

        await host.Actions.TransferAsync(Call, "+14255550123");

        Assert.Contains("Somebody wanted to transfer the call to ********0123: ", await LastAsync(host), StringComparison.Ordinal);
    }

    [Fact]
    public async Task HangUp_IsKeptWithName()
    {
        await using var host = Create();

        await host.Actions.HangUpAsync(Call);

        Assert.Equal("Somebody hung the call up.", await LastAsync(host));
        Assert.Contains(host.Log.Collector.GetSnapshot(), line => line.Message == $"Hang-up of call {Call.CallId} by Somebody: done");
    }

    [Fact]
    public async Task Drain_IsLoggedWithNameAndGateway()
    {
        await using var host = Create();

        await host.Actions.DrainAsync("gateway-01");

        Assert.Contains(host.Log.Collector.GetSnapshot(), line => line.Message == "Drain ordered for gateway gateway-01 by Somebody");
    }

    [Fact]
    public async Task Talk_IsKeptWithNameAndAgent()
    {
        await using var host = Create();
        var log = new FakeLogger<TalkDesk>();
        var services = host.Services;
        var desk = new TalkDesk(
            host.SignedIn, host.Authorization, services.GetRequiredService<MediaTickets>(), services.GetRequiredService<OperatorTimeline>(),
            services.GetRequiredService<IConfiguration>(), services.GetRequiredService<IOptions<DashboardOptions>>(), TimeProvider.System, log);

        var pass = await desk.AdmitAsync("sales");

        Assert.Equal("Somebody was let in to talk to sales.", await LastAsync(host, pass.CallId));
        Assert.Equal($"Browser call {pass.CallId} to sales opened by Somebody", log.LatestRecord.Message);
    }

    private ActingHost Create(HttpStatusCode answer = HttpStatusCode.Accepted, string body = "{}", string privacy = "Last4") => ActingHost.Create(
        Policies.OperatorRole, answer, body, _redis!.ConnectionString, new() { ["Privacy:CallerId"] = privacy });

    private static async Task<string> LastAsync(ActingHost host, string? callId = null)
    {
        var entry = Assert.Single(await host.Services.GetRequiredService<CallStore>().ListEventsAsync(callId ?? Call.CallId, Ct));
        Assert.Equal("operator", entry.Kind);
        return entry.Text;
    }
}
