using System.Collections.Concurrent;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.System.Tests.Harness;

/// <summary>
/// Stands between Event Grid and the webhook and puts what else a subscription may carry around the events of each delivery:
/// other types, an incoming call without data, the same event again.
/// </summary>
internal sealed class BatchMixer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentBag<int> _statuses = [];

    private BatchMixer(WebApplication app) => _app = app;

    internal Uri Address => new(_app.Urls.First());

    internal int Batches => _statuses.Count;

    /// <summary>What the webhook answered to each delivery.</summary>
    internal IReadOnlyCollection<int> Statuses => _statuses;

    internal static async Task<BatchMixer> StartAsync(Uri webhook)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var mixer = new BatchMixer(app);
        var http = new HttpClient();
        app.Lifetime.ApplicationStopped.Register(http.Dispose);
        app.MapPost("/", async (HttpRequest request, CancellationToken ct) =>
        {
            var events = await JsonNode.ParseAsync(request.Body, cancellationToken: ct) as JsonArray ?? [];
            using var mixed = new HttpRequestMessage(HttpMethod.Post, webhook)
            {
                Content = new StringContent(Mix(events).ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
            };
            foreach (var header in request.Headers.Where(h => h.Key.StartsWith("aeg-", StringComparison.OrdinalIgnoreCase)))
                mixed.Headers.TryAddWithoutValidation(header.Key, (string?)header.Value);
            using var response = await http.SendAsync(mixed, ct);
            mixer._statuses.Add((int)response.StatusCode);
            return Results.StatusCode((int)response.StatusCode);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return mixer;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static JsonArray Mix(JsonArray events) =>
    [
        Event("Microsoft.Communication.CallStarted", new JsonObject { ["unknown"] = true }),
        .. events.Select(e => e!.DeepClone()),
        Event("Microsoft.Communication.IncomingCall", []),
        Event("Contoso.SomethingElse", new JsonObject { ["a"] = 1 }),
        .. events.Select(e => e!.DeepClone()),
    ];

    private static JsonObject Event(string type, JsonObject data) => new()
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["topic"] = "/subscriptions/0/resourceGroups/x/providers/Microsoft.Communication/communicationServices/x",
        ["subject"] = "/x",
        ["data"] = data,
        ["eventType"] = type,
        ["dataVersion"] = "1.0",
        ["metadataVersion"] = "1",
        ["eventTime"] = DateTimeOffset.UtcNow.ToString("O"),
    };
}
