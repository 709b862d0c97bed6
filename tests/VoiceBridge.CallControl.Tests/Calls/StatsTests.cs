using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class StatsTests(RedisServers servers) : ClusterTest(servers)
{
    [Fact]
    public async Task Figures_AreThoseOfTheWholeCluster()
    {
        Settings["Privacy:CallerId"] = "Last4";
        var host = await StartAsync();
        var one = await StartGatewayAsync(host, capacity: 100);
        await StartGatewayAsync(host, capacity: 50, id: "gateway-2");
        var connection = new ConnectionRecord
        {
            CallId = "0123456789abcdef0123456789abcdef",
            ConnectionId = "socket-1",
            GatewayId = one.Id,
            CallerId = "+14255550100",
            ConnectedAt = DateTimeOffset.Parse("2025-12-05T10:45:00.789Z", System.Globalization.CultureInfo.InvariantCulture),
        };
        await host.Services.GetRequiredService<ConnectionDirectory>().RegisterAsync(connection, Ct);
        lock (one.Connections) one.Connections.Add(connection);

        var health = await Eventually.Get(
            () => GetAsync(host, "/health"), h => h.GetProperty("max_connections").GetInt32() == 150 && h.GetProperty("active_connections").GetInt32() == 1,
            what: "both gateways in /health");
        Assert.Equal("healthy", health.GetProperty("status").GetString());
        // Which commit runs is not for everybody.
        Assert.Equal(["gateway_id", "active_connections", "max_connections", "state", "heartbeat_age_ms", "drains_until"],
            health.GetProperty("gateways")[0].EnumerateObject().Select(p => p.Name));

        var stats = await GetAsync(host, "/stats");
        Assert.Equal("""{"acs":1,"web":0}""", stats.GetProperty("connection_types").GetRawText());
        Assert.Equal(
            """[{"connection_id":"socket-1","caller_id":"********0100","type":"acs","connected_at":"2025-12-05T10:45:00Z","status":"connected"}]""",
            stats.GetProperty("connections").GetRawText());
        Assert.Equal(["gateway_id", "active_connections", "max_connections", "state", "heartbeat_age_ms", "version", "drains_until"],
            stats.GetProperty("gateways")[0].EnumerateObject().Select(p => p.Name));

        var scale = await GetAsync(host, "/scale");
        Assert.Equal(["active", "reserved", "waiting", "demand", "capacity", "utilization"], scale.EnumerateObject().Select(p => p.Name));
        Assert.Equal((1, 150), (scale.GetProperty("active").GetInt32(), scale.GetProperty("capacity").GetInt32()));
    }

    [Fact]
    public async Task Figures_AreForOperators_AndHealthForEverybody()
    {
        var host = await StartAsync();

        Assert.Equal(401, (int)(await host.Http.GetAsync("/stats", Ct)).StatusCode);
        Assert.Equal(401, (int)(await host.Http.GetAsync("/scale", Ct)).StatusCode);
        Assert.Equal(200, (int)(await host.Http.GetAsync("/health", Ct)).StatusCode);
        Assert.Equal(200, (int)(await host.Http.GetAsync("/alive", Ct)).StatusCode);
    }

    private static async Task<JsonElement> GetAsync(CallControlHost host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Api-Key", "an-operators-key-1234");
        var reply = await host.Http.SendAsync(request, Ct);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}
