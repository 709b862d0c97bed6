using System.Net.Http.Json;
using System.Text.Json;
using VoiceBridge.Simulator.Load;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests;

public sealed class ControlApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_CanBePlacedShownAndHungUp()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = bridge.Azure.Address };
        var placed = await http.PostAsJsonAsync("/simulator/calls", new { count = 2, from = "+14255550111", script = "silent" }, Cancel);
        Assert.Equal(202, (int)placed.StatusCode);
        await Soon.Is(() => bridge.Azure.Calls.Count(c => c.MediaOpen) == 2, "two calls");
        var shown = await http.GetFromJsonAsync<JsonElement>("/simulator/calls", Cancel);
        Assert.Equal("Answered", shown[0].GetProperty("state").GetString());
        Assert.Equal("+14255550111", shown[1].GetProperty("from").GetString());
        Assert.Equal(2, (await http.GetFromJsonAsync<JsonElement>("/health", Cancel)).GetProperty("calls").GetInt32());
        var call = bridge.Azure.Calls.First();
        Assert.Equal(202, (int)(await http.PostAsync($"/simulator/calls/{call.CorrelationId}/hangup", null, Cancel)).StatusCode);
        await Soon.Is(call.WhenEnded);
        Assert.Equal(404, (int)(await http.PostAsync("/simulator/calls/nobody/hangup", null, Cancel)).StatusCode);
    }

    [Fact]
    public async Task AllCalls_CanBeHungUpAtOnce()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = bridge.Azure.Address };
        await http.PostAsJsonAsync("/simulator/calls", new { count = 3, script = "silent" }, Cancel);
        await Soon.Is(() => bridge.Azure.Calls.Count(c => c.MediaOpen) == 3, "three calls");

        using var hungUp = await http.PostAsync("/simulator/calls/hangup", null, Cancel);

        Assert.Equal(3, (await hungUp.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("hungUp").GetInt32());
        await Soon.Is(Task.WhenAll(bridge.Azure.Calls.Select(call => call.WhenEnded)));
        Assert.All(bridge.Azure.Calls, call => Assert.Equal("caller hung up", call.EndReason));
        using var again = await http.PostAsync("/simulator/calls/hangup", null, Cancel);
        Assert.Equal(0, (await again.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("hungUp").GetInt32());
    }

    [Fact]
    public async Task Load_SaysHowItGoes_AndInTheEndWhatItCameTo()
    {
        await using var bridge = await TinyBridge.StartAsync(new SimulatorOptions());
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = bridge.Azure.Address };
        Assert.Equal(404, (int)(await http.GetAsync("/simulator/load", Cancel)).StatusCode);

        var ordered = http.PostAsJsonAsync("/simulator/load", new { calls = 2, rate = 100, seconds = 3600, script = "silent" }, Cancel);
        await Soon.Is(() => bridge.Azure.Calls.Count(c => c.State == SimulatedCallState.Answered) == 2, "two calls");
        await Soon.Is(async () => await http.GetFromJsonAsync<LoadReport>("/simulator/load", Cancel) is { Answered: 2 }, "both in the report so far");
        Assert.False(ordered.IsCompleted);
        // Who hears nothing before hanging up counts as unserved.
        await Soon.Is(() => bridge.Azure.Calls.All(c => c.Stats.FramesReceived > 0), "both to hear something");
        foreach (var call in bridge.Azure.Calls) await call.HangUpAsync();

        using var response = await ordered;
        var report = await response.Content.ReadFromJsonAsync<LoadReport>(Cancel);
        Assert.Equal((2, 2, 0, 2), (report!.Offered, report.Answered, report.Lost, report.Reasons["caller hung up"]));
        Assert.Equal(2, (await http.GetFromJsonAsync<LoadReport>("/simulator/load", Cancel))!.Reasons["caller hung up"]);
    }

    [Fact]
    public async Task EndedCalls_AreForgottenInTime()
    {
        await using var azure = await SimulatedAzure.StartAsync(new SimulatorOptions { Remembered = 3, Webhook = new Uri("http://127.0.0.1:1/") }, ct: Cancel);
        var going = azure.PlaceCall(new CallPlan());
        for (var i = 0; i < 5; i++) await azure.PlaceCall(new CallPlan()).HangUpAsync();
        Assert.Equal(6, azure.Calls.Count); // the oldest still rings
        await going.HangUpAsync();
        azure.PlaceCall(new CallPlan());
        Assert.Equal(3, azure.Calls.Count);
    }

    [Theory]
    [InlineData("""{"count":0}""")]
    [InlineData("""{"script":"opera"}""")]
    [InlineData("""{"count":"many"}""")]
    public async Task BadOrder_IsRefusedInWords(string order)
    {
        await using var azure = await SimulatedAzure.StartAsync(new SimulatorOptions(), ct: Cancel);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = azure.Address };
        using var response = await http.PostAsync("/simulator/calls", new StringContent(order, System.Text.Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.NotEmpty((await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("error").GetString()!);
        Assert.Empty(azure.Calls);
    }
}
