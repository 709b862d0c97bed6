using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Trace;
using VoiceBridge.ServiceDefaults.Telemetry;
using VoiceBridge.Testing;

namespace VoiceBridge.ServiceDefaults.Tests.Telemetry;

/// <summary>What a service's spans say, and which requests make none.</summary>
public sealed class TracingTests
{
    private const string Secret = "popocatepetl";

    // As Aspire sets them for every project that it runs.
    private static readonly Dictionary<string, string?> UnderAspire = new()
    {
        ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
        ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
    };

    [Fact]
    public async Task Queries_AreOnNoSpan_EvenWhereRedactionIsSwitchedOff()
    {
        var spans = new Spans();
        await using var host = await StartAsync(spans);

        // The service calls itself once more: one span of the server and one of the client for that.
        (await host.Client.GetAsync(new Uri($"/relay?ticket={Secret}", UriKind.Relative), TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await Eventually.True(() => spans.Ended.Count(span => span.Kind is ActivityKind.Server) >= 2, TimeSpan.FromSeconds(30), "both requests' spans");

        Assert.Contains(spans.Ended, span => span.Kind is ActivityKind.Client && span.GetTagItem("url.full") is string address && address == host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        Assert.DoesNotContain(spans.Ended, span => span.TagObjects.Any(tag => tag.Value?.ToString()?.Contains(Secret, StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task ProbesAndUntracedEntries_MakeNoSpan()
    {
        var spans = new Spans();
        await using var host = await StartAsync(spans);

        foreach (var path in (string[])["/alive", "/ready", "/health", "/quiet/below", "/told"])
            using (await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken))
            {
                // Only that it was asked matters.
            }

        await Eventually.True(() => spans.Ended.Any(span => span.GetTagItem("url.path") is "/told"), TimeSpan.FromSeconds(30), "the span of /told");
        Assert.DoesNotContain(spans.Ended, span => span.GetTagItem("url.path") is "/alive" or "/ready" or "/health" or "/quiet/below");
    }

    private static Task<ServiceHost> StartAsync(Spans spans) => ServiceHost.StartAsync(
        "Development",
        new Dictionary<string, string?>(UnderAspire),
        app =>
        {
            app.MapGet("/relay", async (HttpContext context, IHttpClientFactory clients) =>
            {
                using var http = clients.CreateClient();
                return await http.GetStringAsync(new Uri($"{context.Request.Scheme}://{context.Request.Host}/told/below?code={Secret}"), context.RequestAborted);
            });
            app.MapGet("/told/{*rest}", () => "ok");
        },
        services => services.AddUntracedEntry("/quiet").ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(spans))));

    /// <summary>Those of this process: other tests' services have spans too, at other paths.</summary>
    private sealed class Spans : BaseExporter<Activity>
    {
        private readonly ConcurrentQueue<Activity> _ended = new();

        public IReadOnlyCollection<Activity> Ended => _ended;

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch) _ended.Enqueue(span);
            return ExportResult.Success;
        }
    }
}
