using System.Net.Http.Json;
using System.Text.Json;

namespace VoiceBridge.AppHost.Tests;

/// <summary>The whole system as `dotnet run --project VoiceBridge.AppHost` starts it: a call rings, is answered, is seen, and ends.</summary>
public class EndToEndTests
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StepDeadline = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task SimulatedCall_IsAnsweredAndShown()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(StartDeadline);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.VoiceBridge_AppHost>(deadline.Token);
        await using var app = await builder.BuildAsync(deadline.Token);
        await app.StartAsync(deadline.Token);
        foreach (var resource in (string[])["mediagateway", "callcontrol", "dashboard", "simulator"])
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, deadline.Token);

        using var simulator = app.CreateHttpClient("simulator", "http");
        using var callControl = app.CreateHttpClient("callcontrol", "http");
        using var dashboard = app.CreateHttpClient("dashboard", "http");
        await UntilAsync(async ct => (await CapacityAsync(callControl, ct)) > 0, "the gateways announce themselves");

        using var placed = await simulator.PostAsJsonAsync("/simulator/calls", new { count = 1, from = "+14255550123", seconds = 30 }, deadline.Token);
        Assert.True(placed.IsSuccessStatusCode, $"placing a call: {placed.StatusCode}");

        await UntilAsync(async ct => (await StatsAsync(callControl, ct)).GetProperty("connection_types").GetProperty("acs").GetInt32() == 1, "/stats shows the call");
        var connection = (await StatsAsync(callControl, deadline.Token)).GetProperty("connections").EnumerateArray().Single();
        Assert.Equal("connected", connection.GetProperty("status").GetString());
        Assert.EndsWith("0123", connection.GetProperty("caller_id").GetString(), StringComparison.Ordinal);

        await UntilAsync(async ct => (await dashboard.GetStringAsync("/calls", ct)).Contains(">Live 1<", StringComparison.Ordinal), "the dashboard's page shows the call");

        await UntilAsync(async ct => (await StatsAsync(callControl, ct)).GetProperty("active_connections").GetInt32() == 0, "the call ends");
    }

    private static async Task<int> CapacityAsync(HttpClient callControl, CancellationToken ct) =>
        (await callControl.GetFromJsonAsync<JsonElement>("/health", ct)).GetProperty("max_connections").GetInt32();

    private static Task<JsonElement> StatsAsync(HttpClient callControl, CancellationToken ct) => callControl.GetFromJsonAsync<JsonElement>("/stats", ct);

    private static async Task UntilAsync(Func<CancellationToken, Task<bool>> condition, string what)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(StepDeadline);
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (true)
            {
                try
                {
                    if (await condition(deadline.Token)) return;
                }
                catch (HttpRequestException)
                {
                    // A replica that is still starting; the deadline decides.
                }
                await beat.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"Not within {StepDeadline.TotalSeconds:0} s: {what}.");
        }
    }
}
