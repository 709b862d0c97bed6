using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

/// <summary>Conversations from a browser: a gateway begins and ends them, and nobody brings them back.</summary>
public sealed class BrowserCallTests(RedisServers servers) : ClusterTest(servers)
{
    [Theory]
    [InlineData("drained", "drained")]
    // Its gateway was about to say why it ended, and died.
    [InlineData("caller_hung_up", "caller_hung_up")]
    public async Task WithoutASocket_ItEndsForTheReasonThatItsGatewayHad(string closed, string ended)
    {
        var host = await StartAsync();
        await StartGatewayAsync(host, capacity: 10);
        var callId = Guid.NewGuid().ToString("N");
        var now = DateTimeOffset.UtcNow;
        await host.Calls.AdvanceAsync(
            callId, CallState.Connected,
            new CallChange { CorrelationId = callId, From = "a browser", To = "reception", Type = "web", RangAt = now, AnsweredAt = now, ConnectedAt = now }, Ct);
        var connections = host.Services.GetRequiredService<ConnectionDirectory>();
        await Gateway.OpenAsync(
            connections,
            new ConnectionRecord
            {
                CallId = callId, ConnectionId = "socket-1", GatewayId = Gateway.Id, CallerId = "a browser", CorrelationId = callId, Type = "web", ConnectedAt = now, Status = "connected",
            });

        await Gateway.CloseAsync(connections, callId, closed);

        var record = await Eventually.Get(
            async () => (await host.Calls.GetAsync(callId, Ct))!, record => record is { State: CallState.Ended }, TimeSpan.FromSeconds(60), "the end");
        Assert.Equal(ended, record.EndReason);
    }
}
