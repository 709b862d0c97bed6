using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Tools;
using VoiceBridge.MediaGateway.Tools.Mcp;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>MCP tools against the sample server, a process of its own.</summary>
public sealed class McpServerTests
{
    private static readonly ToolLimits Limits = new(TimeSpan.FromSeconds(30), 16 * 1024);

    [Fact]
    public async Task Sample_OffersItsTool_AndAnswers()
    {
        await using var server = new McpServer(Sample(), TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync();
        Assert.True(server.IsConnected);

        var tool = Assert.Single(server.Tools);
        var result = await tool.InvokeAsync(new AIFunctionArguments { ["number"] = "4711" }, TestContext.Current.CancellationToken);

        Assert.Equal("lookup_order", tool.Name);
        Assert.Equal("string", tool.JsonSchema.GetProperty("properties").GetProperty("number").GetProperty("type").GetString());
        Assert.Contains("blue bicycle", result?.ToString());
    }

    [Fact]
    public async Task FailureAtTheServer_IsToldToTheModel()
    {
        await using var server = new McpServer(Sample(), TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync();

        var failure = await Assert.ThrowsAsync<AgentToolException>(() => server.CallAsync(
            "lookup_order", new Dictionary<string, object?> { ["number"] = "1" }, null, TestContext.Current.CancellationToken));

        Assert.Contains("no order", failure.Message);
    }

    [Fact]
    public async Task ServerThatDies_IsStartedAgain_AndItsToolsStayKnown()
    {
        // The server's own process id, told by a shell that then becomes the server.
        var file = Path.GetTempFileName();
        var definition = Sample() with { Command = "/bin/sh", Arguments = ["-c", $"echo $$ > {file}; exec dotnet {SamplePath}"] };
        await using var server = new McpServer(definition, TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync();
        Assert.True(server.IsConnected);

        using (var process = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), null)))
            process.Kill();
        await Eventually.True(() => !server.IsConnected, what: "the loss to be noticed");
        Assert.Single(server.Tools);
        await Assert.ThrowsAsync<AgentToolException>(() => server.CallAsync(
            "lookup_order", new Dictionary<string, object?> { ["number"] = "4711" }, null, TestContext.Current.CancellationToken));
        await Eventually.True(() => server.IsConnected, TimeSpan.FromSeconds(60), "the server to come back");

        Assert.Contains("blue bicycle", await server.CallAsync(
            "lookup_order", new Dictionary<string, object?> { ["number"] = "4711" }, null, TestContext.Current.CancellationToken));
        File.Delete(file);
    }

    [Fact]
    public async Task ServerThatIsNotThere_KeepsNothingElseFromStarting()
    {
        var definition = Sample() with { Command = "/no/such/program" };
        await using var server = new McpServer(definition, TimeProvider.System, NullLoggerFactory.Instance);

        await server.StartAsync();

        Assert.False(server.IsConnected);
        Assert.Empty(server.Tools);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed_AndItsTargetLearnsNoHeader()
    {
        var elsewhere = new ConcurrentQueue<string>();
        await using var target = await ServeAsync(request =>
        {
            elsewhere.Enqueue(request.Headers["X-Secret"].ToString());
            return Results.Ok();
        });
        var asked = 0;
        await using var redirecting = await ServeAsync(_ =>
        {
            Interlocked.Increment(ref asked);
            return Results.Redirect(target.Urls.First(), preserveMethod: true);
        });
        var definition = new McpServerDefinition
        {
            Name = "shop",
            Url = new Uri(redirecting.Urls.First()),
            Headers = new Dictionary<string, string> { ["X-Secret"] = "mcp-secret" },
            Limits = Limits,
        };
        await using var server = new McpServer(definition, TimeProvider.System, NullLoggerFactory.Instance);

        await server.StartAsync();

        Assert.False(server.IsConnected);
        Assert.True(Volatile.Read(ref asked) > 0);
        Assert.Empty(elsewhere);
    }

    [Fact]
    public async Task Call_CarriesItsKey()
    {
        var called = new ConcurrentQueue<JsonElement>();
        await using var app = await ServeAsync(request => Answer(request, called));
        var definition = new McpServerDefinition { Name = "shop", Url = new Uri(app.Urls.First()), Limits = Limits };
        await using var server = new McpServer(definition, TimeProvider.System, NullLoggerFactory.Instance);
        await server.StartAsync();
        Assert.True(server.IsConnected);

        // The other one's schema would have the service refuse every session.
        Assert.Equal("book", Assert.Single(server.Tools).Name);
        await server.CallAsync("book", new Dictionary<string, object?>(), "call-1/c1", TestContext.Current.CancellationToken);

        Assert.Equal("call-1/c1", Assert.Single(called).GetProperty("_meta").GetProperty("voicebridge/idempotency-key").GetString());
    }

    /// <summary>As much of an MCP server over HTTP as a client needs to call a tool.</summary>
    private static IResult Answer(HttpRequest request, ConcurrentQueue<JsonElement> called)
    {
        if (request.Method != HttpMethods.Post)
            return Results.StatusCode(StatusCodes.Status405MethodNotAllowed);
        using var body = new MemoryStream();
        request.Body.CopyToAsync(body).GetAwaiter().GetResult();
        var json = JsonDocument.Parse(body.ToArray()).RootElement;
        if (!json.TryGetProperty("id", out var id))
            return Results.Accepted();
        var parameters = json.TryGetProperty("params", out var given) ? given : default;
        switch (json.GetProperty("method").GetString())
        {
            case "initialize":
                return Results.Json(new
                {
                    jsonrpc = "2.0", id,
                    result = new
                    {
                        protocolVersion = parameters.GetProperty("protocolVersion").GetString(), capabilities = new { tools = new { } },
                        serverInfo = new { name = "shop", version = "1" },
                    },
                });
            case "tools/list":
                var tools = JsonDocument.Parse("""
                    [{"name":"book","inputSchema":{"type":"object"}},{"name":"odd","inputSchema":{"type":"object","properties":{"x":{"type":"text"}}}}]
                    """).RootElement;
                return Results.Json(new { jsonrpc = "2.0", id, result = new { tools } });
            case "tools/call":
                called.Enqueue(parameters.Clone());
                return Results.Json(new { jsonrpc = "2.0", id, result = new { content = new[] { new { type = "text", text = "done" } } } });
            default:
                return Results.Json(new { jsonrpc = "2.0", id, error = new { code = -32601, message = "no such method" } });
        }
    }

    private static async Task<WebApplication> ServeAsync(Func<HttpRequest, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapFallback((HttpRequest request) => answer(request));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static string SamplePath => Path.Combine(AppContext.BaseDirectory, "VoiceBridge.Samples.McpServer.dll");

    private static McpServerDefinition Sample() => new()
    {
        Name = "shop",
        Command = "dotnet",
        Arguments = [SamplePath],
        ConnectTimeout = TimeSpan.FromSeconds(60),
        Limits = Limits,
    };
}
