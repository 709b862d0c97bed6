using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Api;
using VoiceBridge.Dashboard.Tests.Access;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Records;
using VoiceBridge.Testing.Databases;

namespace VoiceBridge.Dashboard.Tests.EndedCalls;

public sealed class HistoryApiTests(HistoryDatabases databases)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reader_FindsCalls_ButNotWhatWasSaid()
    {
        await using var dashboard = await StartAsync();
        await WriteAsync(dashboard, 3);

        Assert.Equal(HttpStatusCode.Unauthorized, (await dashboard.GetAsync("/api/history", null)).StatusCode);
        var found = await (await dashboard.GetAsync("/api/history?count=2&agent=sales", Policies.ReaderRole)).Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal(2, found.GetProperty("calls").GetArrayLength());
        var next = await (await dashboard.GetAsync($"/api/history?count=2&after={found.GetProperty("next").GetString()}", Policies.ReaderRole)).Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((1, JsonValueKind.Null), (next.GetProperty("calls").GetArrayLength(), next.GetProperty("next").ValueKind));
        foreach (var path in (string[])["/api/history?words=hello", "/api/history/call-0?turns=true", "/api/history/export?format=jsonl&turns=true"])
            Assert.Equal(HttpStatusCode.Forbidden, (await dashboard.GetAsync(path, Policies.ReaderRole)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await dashboard.GetAsync("/api/history/call-0", Policies.ReaderRole)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.GetAsync("/api/history/unknown", Policies.ReaderRole)).StatusCode);
    }

    [Fact]
    public async Task WrongKeyBesideAReadersSignIn_ReadsNoTranscript()
    {
        await using var dashboard = await StartAsync();
        await WriteAsync(dashboard, 1);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/history/call-0?turns=true");
        request.Headers.Add("X-Test-Role", Policies.ReaderRole);
        request.Headers.Add("X-Api-Key", "not the key");

        Assert.Equal(HttpStatusCode.Forbidden, (await dashboard.Http.SendAsync(request, Ct)).StatusCode);
    }

    [Fact]
    public async Task EachLookAtATranscript_IsRecorded()
    {
        await using var dashboard = await StartAsync();
        await WriteAsync(dashboard, 1);

        var call = await (await dashboard.GetAsync("/api/history/call-0?turns=true", Policies.OperatorRole)).Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal("Hello", call.GetProperty("transcript")[0].GetProperty("text").GetString());
        var look = Assert.Single(await dashboard.Services.GetRequiredService<AccessLog>().ListAsync("call-0", Ct));
        Assert.Equal(("Somebody", "transcript"), (look.Who, look.What));
    }

    [Fact]
    public async Task Export_IsCsvOrJsonLines()
    {
        await using var dashboard = await StartAsync();
        await WriteAsync(dashboard, 3);

        var csv = await (await dashboard.GetAsync("/api/history/export?format=csv", Policies.OperatorRole)).Content.ReadAsStringAsync(Ct);
        var lines = (await (await dashboard.GetAsync("/api/history/export?format=jsonl&turns=true", Policies.OperatorRole)).Content.ReadAsStringAsync(Ct)).TrimEnd().Split('\n');

        Assert.Equal(4, csv.TrimEnd().Split("\r\n").Length);
        Assert.StartsWith("call_id,correlation_id,caller,", csv, StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal("Hello", JsonDocument.Parse(line).RootElement.GetProperty("transcript")[0].GetProperty("text").GetString()));
    }

    [Fact]
    public async Task OpenApi_DescribesTheHistory()
    {
        await using var dashboard = await StartAsync();

        var document = await (await dashboard.GetAsync("/openapi/v1.json", Policies.OperatorRole)).Content.ReadFromJsonAsync<JsonElement>(Ct);

        foreach (var path in (string[])["/api/history", "/api/history/{callId}", "/api/history/export"]) Assert.True(document.GetProperty("paths").TryGetProperty(path, out _), path);
        Assert.False(document.GetProperty("paths").TryGetProperty("/history/export", out _));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"")]
    [InlineData("+1-900-cmd|x", "'+1-900-cmd|x")]
    [InlineData("+14255550123", "+14255550123")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("", "")]
    public void Csv_CannotBecomeAFormula(string value, string cell) => Assert.Equal(cell, HistoryExport.Csv(value));

    private async Task<HostedDashboard> StartAsync() =>
        await HostedDashboard.StartAsync(settings: new Dictionary<string, string?>
        {
            ["ConnectionStrings:history"] = await databases.CreateAsync(DatabaseKind.Sqlite),
            ["Ops:ApiKeys:0"] = "an-operators-key-1234",
        });

    private static Task WriteAsync(HostedDashboard dashboard, int count) => dashboard.Services.GetRequiredService<CallArchive>().WriteAsync(
        [
            .. Enumerable.Range(0, count).Select(i => new FinishedCall(
                new CallRecord
                {
                    CallId = $"call-{i}", CorrelationId = "c", From = "+14255550123", State = CallState.Ended, Agent = "sales", EndReason = "caller_hung_up",
                    RangAt = DateTimeOffset.UnixEpoch.AddMinutes(i), EndedAt = DateTimeOffset.UnixEpoch.AddMinutes(i + 1),
                },
                [],
                [new Turn(DateTimeOffset.UnixEpoch, "caller", "Hello")])),
        ],
        Ct);
}
