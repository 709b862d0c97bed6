using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.System.Tests.Agents;

/// <summary>Endpoints as tools have them on bad days.</summary>
internal sealed class ToolServer : IAsyncDisposable
{
    /// <summary>What the vault answers, and nothing else knows.</summary>
    internal const string Secret = "tegucigalpa";

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private const int Huge = 5 * 1024 * 1024;
    private readonly WebApplication _app;

    private ToolServer(WebApplication app) => _app = app;

    internal Uri Address => new(_app.Urls.First());

    internal static async Task<ToolServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/hanging", (CancellationToken ct) => Task.Delay(Timeout.Infinite, ct));
        app.MapGet("/failing", () => Results.Problem("It is broken.", statusCode: StatusCodes.Status500InternalServerError));
        app.MapGet("/huge", () => Results.Text(new string('x', Huge)));
        app.MapGet("/prompt", () => "All is well.");
        app.MapGet("/vault", () => $"The password is {Secret}.");
        app.MapGet("/slow", async (CancellationToken ct) =>
        {
            await Task.Delay(Slow, ct);
            return "All is well, at last.";
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new ToolServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
