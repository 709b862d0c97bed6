using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using VoiceBridge.MediaGateway.Tools.Http;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Transcripts;
using VoiceBridge.Samples.HttpTool;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>HTTP tools against real servers on the loopback.</summary>
public sealed class HttpToolTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly WebApplication _server;
    private readonly ServiceProvider _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();

    public HttpToolTests() => _server = Server(_asked);

    public async ValueTask InitializeAsync() => await _server.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Sample_TellsTheOpeningHours()
    {
        await using var sample = HttpToolApp.Create([], builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            builder.Configuration["ApiKey"] = "s3cret";
        });
        await sample.StartAsync(TestContext.Current.CancellationToken);

        var outcome = await RunAsync(sample.Urls.First(), new()
        {
            ["Url"] = "/opening-hours/{city}",
            ["Headers:X-Api-Key"] = "s3cret",
            ["Schema"] = """{"type":"object","properties":{"city":{"type":"string"},"day":{"type":"string"}},"required":["city"]}""",
        }, """{"city":"New York","day":"saturday"}""");

        Assert.Equal(ToolOutcome.Ok, outcome.Kind);
        var json = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal("New York", json.GetProperty("city").GetString());
        Assert.Equal("10:00-14:00", json.GetProperty("hours").GetString());
    }

    [Fact]
    public async Task Arguments_OfAPost_AreItsBody()
    {
        var outcome = await RunAsync(Url, new()
        {
            ["Url"] = "/echo/{id}",
            ["Method"] = "POST",
            ["Schema"] = """{"type":"object","properties":{"id":{"type":"string"},"note":{"type":"string"}}}""",
        }, """{"id":"a/b?c","note":"hi"}""");

        Assert.Equal("""a/b?c {"note":"hi"}""", outcome.Output);
    }

    [Fact]
    public async Task Request_NamesTheCallThatItIsMadeFor() =>
        Assert.Equal("call-1/c1", (await RunAsync(Url, new() { ["Url"] = "/key" })).Output);

    [Theory]
    [InlineData("..")]
    [InlineData("")]
    public async Task Argument_CannotClimbOutOfThePath(string id)
    {
        var outcome = await RunAsync(Url, IdPath("/echo/{id}/x"), $$"""{"id":"{{id}}"}""");

        Assert.Equal(ToolOutcome.Error, outcome.Kind);
        Assert.Contains("must not be empty", outcome.Output);
    }

    /// <summary>A caller has talked the model into it. What counts is what the service is asked for.</summary>
    [Theory]
    [InlineData("""{"order":"4711","tenant":"6","admin":"true"}""", false, "no argument 'tenant', 'admin'")]
    [InlineData("""{"order":"9999-not-in-enum"}""", false, "'order' must be one of")]
    [InlineData("""{"order":4711}""", false, "'order' must be a string")]
    [InlineData("""{"order":"4711","TENANT":"6"}""", true, "'TENANT' is fixed")]
    [InlineData("""{"order":"4711"}""", false, null)]
    [InlineData("""{"order":"4711","note":null}""", false, null)]
    public async Task Arguments_AreThoseOfTheSchema_AndOverrideNothing(string arguments, bool open, string? refusal)
    {
        _asked.Clear();
        var outcome = await RunAsync(Url, new()
        {
            ["Url"] = "/orders/{order}?tenant=5",
            ["Schema"] = $$"""
                {"type":"object","additionalProperties":{{(open ? "true" : "false")}},"properties":{"order":{"type":"string","enum":["4711"]},"note":{"type":"string"} } }
                """,
        }, arguments);

        if (refusal is null)
        {
            Assert.Equal(ToolOutcome.Ok, outcome.Kind);
            Assert.Equal("/orders/4711?tenant=5", Assert.Single(_asked));
            return;
        }
        Assert.Contains(refusal, JsonDocument.Parse(outcome.Output).RootElement.GetProperty("error").GetString());
        Assert.Empty(_asked);
    }

    [Fact]
    public void Schema_CannotHaveAnArgumentThatTheTemplateFixes()
    {
        var wrong = Assert.ThrowsAny<Exception>(() => AgentBench.ReadSettings(new Dictionary<string, string?>
        {
            ["Tools:Http:tool:Description"] = "A tool.",
            ["Tools:Http:tool:Url"] = "https://shop.example/orders?tenant=5",
            ["Tools:Http:tool:Schema"] = """{"type":"object","properties":{"tenant":{"type":"string"}}}""",
        }));
        Assert.Contains("'tenant' in its query", wrong.Message);
    }

    [Fact]
    public async Task ErrorStatus_IsToldToTheModel()
    {
        var outcome = await RunAsync(Url, new() { ["Url"] = "/missing" });

        Assert.Equal(ToolOutcome.Error, outcome.Kind);
        Assert.Contains("status 404", outcome.Output);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        var outcome = await RunAsync(Url, new() { ["Url"] = "/away", ["Headers:X-Secret"] = "1" });

        Assert.Equal(ToolOutcome.Error, outcome.Kind);
        Assert.Contains("status 302", outcome.Output);
    }

    [Fact]
    public async Task FiveMegabytes_AreNotRead()
    {
        var outcome = await RunAsync(Url, new() { ["Url"] = "/huge" });

        Assert.Equal(ToolOutcome.TooLarge, outcome.Kind);
    }

    [Fact]
    public async Task SlowEndpoint_IsGivenUp()
    {
        var outcome = await RunAsync(Url, new() { ["Url"] = "/hang", ["Timeout"] = "00:00:00.300" });

        Assert.Equal(ToolOutcome.Timeout, outcome.Kind);
    }

    [Fact]
    public async Task ServerThatIsNotThere_IsToldToTheModel()
    {
        var outcome = await RunAsync($"http://127.0.0.1:{VoiceBridge.Testing.FreePort.Find()}", new() { ["Url"] = "/" });

        Assert.Equal(ToolOutcome.Error, outcome.Kind);
        Assert.Contains("cannot be reached", outcome.Output);
    }

    private string Url => _server.Urls.First();

    private static Dictionary<string, string?> IdPath(string url) => new()
    {
        ["Url"] = url,
        ["Schema"] = """{"type":"object","properties":{"id":{"type":"string"}}}""",
    };

    private static WebApplication Server(ConcurrentQueue<string> asked)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/echo/{id}", async (string id, HttpRequest request) =>
            $"{Uri.UnescapeDataString(id)} {await new StreamReader(request.Body).ReadToEndAsync()}");
        app.MapGet("/orders/{order}", (HttpRequest request) => asked.Enqueue($"{request.Path}{request.QueryString}"));
        app.MapGet("/key", (HttpRequest request) => request.Headers["Idempotency-Key"].ToString());
        app.MapGet("/away", () => Results.Redirect("/elsewhere"));
        app.MapGet("/huge", () => Results.Bytes(new byte[5_000_000]));
        app.MapGet("/hang", (CancellationToken aborted) => Task.Delay(Timeout.Infinite, aborted));
        return app;
    }

    /// <summary>Runs the tool as it would be configured; <c>Url</c> in the settings is the path.</summary>
    private async Task<ToolOutcome> RunAsync(string server, Dictionary<string, string?> settings, string arguments = "{}")
    {
        var keys = settings.ToDictionary(pair => $"Tools:Http:tool:{pair.Key}", pair => pair.Value);
        keys["Tools:Http:tool:Description"] = "A tool.";
        keys["Tools:Http:tool:Url"] = server.TrimEnd('/') + settings["Url"];
        var definition = AgentBench.ReadSettings(keys).HttpTools["tool"];
        var services = new ServiceCollection();
        services.AddHttpClient(HttpTool.ClientName).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        await using var provider = services.BuildServiceProvider();
        var tool = new AgentTool(new HttpTool(definition, provider.GetRequiredService<IHttpClientFactory>()), definition.Limits);
        await using var registry = new ToolRegistry(new Dictionary<string, AgentTool> { ["tool"] = tool }, _services.CreateAsyncScope());
        var runner = new ToolRunner(TimeProvider.System, NullLogger<ToolRunner>.Instance);
        return await runner.RunAsync(registry, new ToolCall("r1", "c1", "tool", arguments), "call-1/c1", default, TestContext.Current.CancellationToken);
    }
}
