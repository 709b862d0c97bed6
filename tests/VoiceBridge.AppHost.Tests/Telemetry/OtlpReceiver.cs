using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.AppHost.Tests.Telemetry;

/// <summary>
/// Where services send their telemetry (OTLP over HTTP, protobuf) instead of to Aspire's dashboard. The numbers are those of
/// https://github.com/open-telemetry/opentelemetry-proto, <c>collector/{trace,logs}/v1</c> and what these contain.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<TelemetryRecord> _spans = new();
    private readonly ConcurrentQueue<TelemetryRecord> _logs = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly WebApplication _server;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapPost("/v1/traces", http => ReceiveAsync(http, body => Record(body, _spans, ReadSpan)));
        _server.MapPost("/v1/logs", http => ReceiveAsync(http, body => Record(body, _logs, ReadLog)));
        _server.MapPost("/v1/metrics", http => ReceiveAsync(http, _ => { }));
    }

    /// <summary>For <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, with protocol <c>http/protobuf</c>.</summary>
    public string Address => _server.Urls.First();

    /// <summary>All so far, in the order in which they came.</summary>
    public IReadOnlyList<TelemetryRecord> Spans => [.. _spans];

    /// <inheritdoc cref="Spans"/>
    public IReadOnlyList<TelemetryRecord> Logs => [.. _logs];

    public static async Task<OtlpReceiver> StartAsync(CancellationToken cancellationToken)
    {
        var receiver = new OtlpReceiver();
        await receiver._server.StartAsync(cancellationToken);
        return receiver;
    }

    /// <summary>What of <paramref name="forbidden"/> is anywhere in what came, metrics included, with what stands around it.</summary>
    public IEnumerable<string> Search(IReadOnlyCollection<string> forbidden)
    {
        foreach (var body in _bodies)
        {
            var text = Encoding.UTF8.GetString(body);
            foreach (var word in forbidden)
            {
                if (text.IndexOf(word, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
                    yield return $"{word} in: {text[Math.Max(0, at - 300)..Math.Min(text.Length, at + 100)]}";
            }
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http, Action<ProtobufMessage> record)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var bytes = body.ToArray();
        _bodies.Enqueue(bytes);
        record(ProtobufMessage.Parse(bytes));
        // An empty response message: all was taken.
        http.Response.ContentType = "application/x-protobuf";
    }

    // Both are resources (1), each with its attributes (1, 1) and its scopes (2), each of which has its records (2).
    private static void Record(ProtobufMessage request, ConcurrentQueue<TelemetryRecord> to, Func<ProtobufMessage, string, TelemetryRecord> read)
    {
        foreach (var resource in request.Messages(1))
        {
            var service = resource.Messages(1).SelectMany(about => Attributes(about, 1)).First(attribute => attribute.Key == "service.name").Value;
            foreach (var record in resource.Messages(2).SelectMany(scope => scope.Messages(2))) to.Enqueue(read(record, service));
        }
    }

    private static TelemetryRecord ReadSpan(ProtobufMessage span, string service) =>
        new(service, span.Text(5), span.Hex(1), Attributes(span, 9).ToDictionary());

    private static TelemetryRecord ReadLog(ProtobufMessage log, string service) =>
        new(service, log.Messages(5).Select(body => body.Text(1)).FirstOrDefault(""), log.Hex(9),
            Attributes(log, 6).DistinctBy(attribute => attribute.Key).ToDictionary());

    private static IEnumerable<KeyValuePair<string, string>> Attributes(ProtobufMessage owner, int field) =>
        owner.Messages(field).Select(pair => KeyValuePair.Create(pair.Text(1), pair.Messages(2).Select(value => value.Text(1)).FirstOrDefault("")));
}
