using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public class RecoveryTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Start_ThatResumes_GivesTheCallItsMediaBack()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            Gateway.OpenAsync(connections, Connection(callId, "socket-2")).Wait(Ct);
            return Results.StatusCode(202);
        };

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingFailed", connectionId));

        var record = await host.CallAsync(callId, r => r is { ConnectionId: "socket-2", Media: MediaState.Open }, "the second media socket");
        Assert.Equal(CallState.Connected, record.State);
        await Eventually.True(async () => (await host.Calls.ListEventsAsync(callId, Ct)).Any(e => e.Kind == "recovered"), what: "the recovery in the timeline");
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal));
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Socket_ThatCannotBeOpened_IsTriedAgainAtOnce_WithoutAStop()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        var starts = 0;
        var told = new List<Task>();
        // Where the ingress sends sockets to gateways that drain, each start may meet one.
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            if (Interlocked.Increment(ref starts) < 4) told.Add(host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingFailed", connectionId)));
            else Gateway.OpenAsync(connections, Connection(callId, "socket-2")).Wait(Ct);
            return Results.StatusCode(202);
        };

        await Gateway.CloseAsync(connections, callId, "drained");

        await host.CallAsync(callId, r => r is { ConnectionId: "socket-2", Media: MediaState.Open }, "the second media socket");
        await Task.WhenAll(told);
        Assert.Equal(4, starts);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":stopMediaStreaming", StringComparison.Ordinal) || r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_WhoseConnectionWasNotTold_AndWhoseSocketFailed_IsNotLeftInSilence()
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var (callId, connectionId) = await AnsweredAsync(host);
        var connections = host.Services.GetRequiredService<ConnectionDirectory>();
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            Gateway.OpenAsync(connections, Connection(callId, "socket-1")).Wait(Ct);
            return Results.StatusCode(202);
        };

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingFailed", connectionId));

        await host.CallAsync(callId, r => r is { State: CallState.Connected, ConnectionId: "socket-1", Media: MediaState.Open }, "the media socket");
    }

    [Fact]
    public async Task Start_ThatIsRefused_EndsInAHangUp()
    {
        var (host, callId, connectionId, _) = await WithMediaAsync();
        Acs.Fault = r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal) ? FakeAcs.Error(400, "8500", "no") : null;

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingStopped", connectionId));

        Assert.Equal("media_lost", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_OnTheWayToTheOverflowNumber_IsLeftAlone_AndHungUpWhenNobodyAccepts()
    {
        Settings["Overflow:Number"] = "+14255550177";
        var (host, callId, connectionId, connections) = await WithMediaAsync();

        await CallsApiTests.PostAsync(host, $"/calls/{callId}/hangup", new { callConnectionId = connectionId, reason = "no_agent" });
        await Gateway.CloseAsync(connections, callId, "no_agent");
        await host.CallAsync(callId, r => r.Media is MediaState.Recovering, "the recovery that waits for the transfer");
        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("CallTransferFailed", connectionId));

        Assert.Equal("no_agent", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":transferToParticipant", StringComparison.Ordinal));
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ThatTheServiceDoesNotKnow_HasEnded()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        Acs.Gone[connectionId] = 0;

        await Gateway.CloseAsync(connections, callId, "socket closed");

        Assert.Equal("caller_hung_up", (await host.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_ThatEndedWhileNobodyCouldBeTold_IsFoundOut()
    {
        var (host, callId, connectionId, _) = await WithMediaAsync();
        // Both notices are lost, the service's and the gateway's, which lives and does not announce the connection any more.
        Acs.Gone[connectionId] = 0;
        Gateway.Lose(callId);

        var record = await Eventually.Get(
            () => host.Calls.GetAsync(callId, Ct), r => r is { State: CallState.Ended }, TimeSpan.FromSeconds(60), "the end of the call");
        Assert.Equal("caller_hung_up", record!.EndReason);
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recovery_IsOneReplicasWork()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        await StartAsync();
        await StartAsync();
        Acs.Fault = r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal) ? FakeAcs.Error(400, "8500", "no") : null;

        await Gateway.CloseAsync(connections, callId, "socket closed");

        await host.CallAsync(callId, r => r.State is CallState.Ended, "the end");
        Assert.Single(Acs.Requests, r => r.Method == "GET" && r.Path.EndsWith(connectionId, StringComparison.Ordinal));
        Assert.Equal(3, Acs.Requests.Count(r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Replica_ThatStopsHalfway_HasItsRecoveryGoneOnWith()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        var other = await StartAsync();
        Acs.Fault = r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal) ? FakeAcs.Error(400, "8500", "no") : null;

        await Gateway.CloseAsync(connections, callId, "socket closed");
        await host.CallAsync(callId, r => r.Recovery is { Refusals: 1 }, "the first refusal");
        var first = host.Logs.Lines.Any(l => l.Contains("is being recovered", StringComparison.Ordinal)) ? host : other;
        await first.StopAsync();

        var next = first == host ? other : host;
        Assert.Equal("media_lost", (await next.CallAsync(callId, r => r.State is CallState.Ended, "the end")).EndReason);
        Assert.Contains(next.Logs.Lines, l => l.Contains("is being recovered", StringComparison.Ordinal));
        Assert.Single(Acs.Requests, r => r.Method == "GET" && r.Path.EndsWith(connectionId, StringComparison.Ordinal));
        Assert.Equal(3, Acs.Requests.Count(r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Report_OlderThanTheSocket_MovesNothing()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        // ACS had connected again before its report of the failure arrived.
        await Gateway.OpenAsync(connections, Connection(callId, "socket-2") with { ConnectedAt = DateTimeOffset.UtcNow.AddSeconds(10) });

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingFailed", connectionId));

        await Eventually.True(() => host.Logs.Lines.Any(l => l.Contains("has its media again already", StringComparison.Ordinal)), what: "the report being dismissed");
        Assert.Equal(MediaState.Open, (await host.Calls.GetAsync(callId, Ct))!.Media);
    }

    [Fact]
    public async Task Report_OfACallThatRedisHasForgotten_IsEnoughToBringItsMediaBack()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            Gateway.OpenAsync(connections, Connection(callId, "socket-2")).Wait(Ct);
            return Results.StatusCode(202);
        };
        // Its gateway has lost it too: nobody announces it.
        Gateway.Lose(callId);
        var database = host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        foreach (var key in (string[])(await database.ExecuteAsync("KEYS", $"*{Settings["Cluster:Name"]}*"))!) await database.KeyDeleteAsync(key);

        await host.CallBackAsync(callId, Acs.Token(), Payloads.Callback("MediaStreamingStopped", connectionId));

        var record = await host.CallAsync(callId, r => r is { ConnectionId: "socket-2", Media: MediaState.Open }, "the second media socket");
        Assert.Equal((CallState.Connected, connectionId, "acs"), (record.State, record.CallConnectionId, record.Type));
        Assert.DoesNotContain(Acs.Requests, r => r.Path.EndsWith(":terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gateway_ThatDies_HasItsCallsLookedAfter_AndTheyKeepTheirSlots()
    {
        var (host, callId, _, connections) = await WithMediaAsync();
        var first = Gateway;
        await StartGatewayAsync(host, capacity: 10, "gateway-2");
        var rule = host.Services.GetRequiredService<HeartbeatRule>();
        await Eventually.True(() => rule.CanDeclareLost("gateway-1"), TimeSpan.FromSeconds(60), "a Redis that has answered for a while");
        var (survivor, started) = (Gateway, false);
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            started = true;
            survivor.OpenAsync(connections, Connection(callId, "socket-2")).Wait(Ct);
            return Results.StatusCode(202);
        };

        await first.DisposeAsync();

        var record = await Eventually.Get(
            () => host.Calls.GetAsync(callId, Ct), r => r is { ConnectionId: "socket-2", Media: MediaState.Open }, TimeSpan.FromSeconds(60), "the call on the other gateway");
        Assert.True(started);
        Assert.Equal("gateway-2", record!.GatewayId);
        Assert.Single(host.Logs.Lines, l => l.Contains("Gateway gateway-1 is dead; its 1 calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recovery_OfASlowService_StaysOneReplicasWork()
    {
        var (host, callId, connectionId, connections) = await WithMediaAsync();
        await StartAsync();
        // Longer than a lease lasts that is not renewed.
        Acs.Fault = r =>
        {
            if (!r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal)) return null;
            return new SlowReply(TimeSpan.FromSeconds(5.5), () => Gateway.OpenAsync(connections, Connection(callId, "socket-2")));
        };

        await Gateway.CloseAsync(connections, callId, "socket closed");

        await host.CallAsync(callId, r => r is { ConnectionId: "socket-2", Media: MediaState.Open }, "the second media socket");
        Assert.Single(Acs.Requests, r => r.Method == "GET" && r.Path.EndsWith(connectionId, StringComparison.Ordinal));
        Assert.Single(Acs.Requests, r => r.Path.EndsWith(":startMediaStreaming", StringComparison.Ordinal));
    }

    private async Task<(CallControlHost Host, string CallId, string ConnectionId, ConnectionDirectory Connections)> WithMediaAsync()
    {
        var (host, callId, connectionId) = await ConnectedAsync();
        var connections = host.Services.GetRequiredService<ConnectionDirectory>();
        await Gateway.OpenAsync(connections, Connection(callId, "socket-1"));
        var watch = host.Services.GetRequiredService<ClusterWatch>();
        await Eventually.True(() => watch.Last?.Gateways.Count > 0, what: "the gateway in sight");
        return (host, callId, connectionId, connections);
    }

    private static ConnectionRecord Connection(string callId, string id) =>
        new() { CallId = callId, ConnectionId = id, GatewayId = "gateway-1", CallerId = "+14255550100", ConnectedAt = DateTimeOffset.UtcNow.AddMinutes(-1) };

    /// <summary>A service that takes its time.</summary>
    private sealed class SlowReply(TimeSpan after, Func<Task> then) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            await Task.Delay(after, Ct);
            await then();
            httpContext.Response.StatusCode = StatusCodes.Status202Accepted;
        }
    }
}
