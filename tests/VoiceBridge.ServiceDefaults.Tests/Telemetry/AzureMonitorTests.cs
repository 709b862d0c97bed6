using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Telemetry;

/// <summary>Whether spans reach an Application Insights that stands on this machine.</summary>
[Collection<Alone>]
public sealed class AzureMonitorTests
{
    private const string Setting = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    [Fact]
    public async Task Telemetry_GoesToApplicationInsights_WhereItsConnectionStringIsSet()
    {
        var sent = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var insights = await StartInsightsAsync(sent);
        var address = insights.Urls.First();
        var name = $"/traced-{Guid.NewGuid():N}";
        await using (var host = await ServiceHost.StartAsync(
            "Development",
            new()
            {
                [Setting] = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint={address}/;LiveEndpoint={address}/",
                ["APPLICATIONINSIGHTS_STATSBEAT_DISABLED"] = "true",
                // The exporter's own sampler lets a few traces per second through, and chance says which.
                ["OTEL_TRACES_SAMPLER"] = "microsoft.fixed_percentage",
                ["OTEL_TRACES_SAMPLER_ARG"] = "1.0",
            },
            app => app.MapGet(name, () => "ok")))
        {
            using var response = await host.Client.GetAsync(new Uri(name, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode);
            // Stopping flushes what has been gathered.
        }

        await Eventually.True(() => sent.Task.IsCompleted, TimeSpan.FromSeconds(60), "telemetry at Application Insights");
        Assert.Contains("\"test\"", await sent.Task, StringComparison.Ordinal);
    }

    /// <summary>Its ingestion endpoint; the first request of a service becomes the result.</summary>
    private static async Task<WebApplication> StartInsightsAsync(TaskCompletionSource<string> sent)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v2.1/track", async (HttpRequest request) =>
        {
            await using var body = request.Headers.ContentEncoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
            using var reader = new StreamReader(body, Encoding.UTF8);
            var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
            if (text.Contains("RequestData", StringComparison.Ordinal)) sent.TrySetResult(text);
            return Results.Json(new { itemsReceived = 1, itemsAccepted = 1, errors = Array.Empty<object>() });
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
