using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.EventGrid;

/// <summary>One webhook subscription: handshake, deliveries, retries, as Event Grid documents them ("Event Grid message delivery and retry").</summary>
internal sealed partial class EventSubscription(SimulatorOptions options, HttpClient http, TimeProvider time, ILogger log) : IAsyncDisposable
{
    private const string Origin = "eventgrid.azure.net";
    private static readonly HttpStatusCode[] Success =
        [HttpStatusCode.OK, HttpStatusCode.Created, HttpStatusCode.Accepted, HttpStatusCode.NonAuthoritativeInformation, HttpStatusCode.NoContent];

    private static readonly HttpStatusCode[] Terminal =
        [HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.RequestEntityTooLarge];

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _deliveries = new();
    private readonly Lock _gate = new();
    private List<EventGridEvent> _batch = [];

    /// <summary>Deliveries that were answered with success.</summary>
    internal int Delivered { get; private set; }

    /// <summary>Deliveries that were given up.</summary>
    internal int DeadLettered { get; private set; }

    private Uri Webhook => options.Webhook ?? throw new InvalidOperationException($"{SimulatorOptions.Section}:{nameof(SimulatorOptions.Webhook)} is not set.");

    /// <summary>Proves that the webhook wants the events.</summary>
    /// <exception cref="InvalidOperationException">It did not answer as Event Grid demands; the message says how.</exception>
    internal Task HandshakeAsync(CancellationToken cancel) => options.CloudEvents ? AskPermissionAsync(cancel) : ValidateAsync(cancel);

    /// <summary>Delivers an event, with whatever repetition, batching and disorder is set.</summary>
    internal void Publish(EventGridEvent happened)
    {
        if (options.BatchSize <= 1)
        {
            Begin([happened]);
            return;
        }
        lock (_gate)
        {
            _batch.Add(happened);
            if (_batch.Count == 1) Track(FlushAsync());
        }
    }

    /// <summary>Tells the webhook that the subscription is gone.</summary>
    internal Task<bool> DeleteAsync()
    {
        var data = new JsonObject { ["eventSubscriptionId"] = $"{options.Topic}/providers/Microsoft.EventGrid/eventSubscriptions/{options.SubscriptionName}" };
        var deleted = new EventGridEvent("Microsoft.EventGrid.SubscriptionDeletedEvent", "", data, time.GetUtcNow(), "1");
        return AttemptAllAsync([deleted], "SubscriptionDeletion");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_deliveries.Keys);
        _stop.Dispose();
    }

    private async Task ValidateAsync(CancellationToken cancel)
    {
        var code = Guid.NewGuid().ToString();
        var validation = new EventGridEvent(
            "Microsoft.EventGrid.SubscriptionValidationEvent",
            "",
            new JsonObject
            {
                ["validationCode"] = code,
                ["validationUrl"] = $"https://rp-simulated.eventgrid.azure.net:553/eventsubscriptions/{options.SubscriptionName}/validate?id={Guid.NewGuid()}",
            },
            time.GetUtcNow(),
            "1");
        using var request = Request([validation], "SubscriptionValidation", attempt: 0);
        using var response = await http.SendAsync(request, cancel);
        var body = await response.Content.ReadAsStringAsync(cancel);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"The validation of {Webhook.GetLeftPart(UriPartial.Path)} was answered with {(int)response.StatusCode}: Event Grid accepts 200 only.");
        if (!TryReadResponse(body, out var given) || given != code)
            throw new InvalidOperationException($"The validation of {Webhook.GetLeftPart(UriPartial.Path)} was answered with 200, but not with validationResponse = validationCode.");
    }

    private static bool TryReadResponse(string body, out string? given)
    {
        given = null;
        try
        {
            using var json = JsonDocument.Parse(body);
            given = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("validationResponse", out var value) ? value.GetString() : null;
        }
        catch (JsonException)
        {
            // No JSON, no response.
        }
        return given is not null;
    }

    private async Task AskPermissionAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, Webhook);
        request.Headers.Add("WebHook-Request-Origin", Origin);
        request.Headers.Add("WebHook-Request-Rate", "120");
        using var response = await http.SendAsync(request, cancel);
        var allowed = response.Headers.TryGetValues("WebHook-Allowed-Origin", out var values) ? string.Join(',', values) : "";
        if (allowed != "*" && !allowed.Equals(Origin, StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{Webhook.GetLeftPart(UriPartial.Path)} did not allow the origin {Origin} (WebHook-Allowed-Origin: '{allowed}', status {(int)response.StatusCode}).");
    }

    private async Task FlushAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(20), time, _stop.Token);
        List<EventGridEvent> batch;
        lock (_gate) (batch, _batch) = (_batch, []);
        foreach (var part in batch.Chunk(options.BatchSize)) Begin(part);
    }

    private void Begin(EventGridEvent[] events)
    {
        for (var i = 0; i < Math.Max(options.Duplicates, 1); i++) Track(DeliverAsync(events));
    }

    private async Task DeliverAsync(EventGridEvent[] events)
    {
        if (options.Reorder) await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(0, 400)), time, _stop.Token);
        await AttemptAllAsync(events, "Notification");
    }

    private async Task<bool> AttemptAllAsync(EventGridEvent[] events, string kind)
    {
        for (var attempt = 0; ; attempt++)
        {
            var (status, outcome) = await AttemptAsync(events, kind, attempt);
            if (status is { } good && Success.Contains(good))
            {
                Delivered++;
                return true;
            }
            if ((status is { } bad && Terminal.Contains(bad)) || attempt >= options.RetrySchedule.Count)
            {
                DeadLettered++;
                Log.GivenUp(log, attempt + 1, outcome);
                return false;
            }
            await Task.Delay(options.RetrySchedule[attempt], time, _stop.Token);
        }
    }

    private async Task<(HttpStatusCode?, string)> AttemptAsync(EventGridEvent[] events, string kind, int attempt)
    {
        using var timeout = new CancellationTokenSource(options.DeliveryTimeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, timeout.Token);
        try
        {
            using var request = Request(events, kind, attempt);
            using var response = await http.SendAsync(request, deadline.Token);
            return (response.StatusCode, $"status {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            return (null, e.GetType().Name);
        }
    }

    private HttpRequestMessage Request(EventGridEvent[] events, string kind, int attempt)
    {
        JsonNode body;
        string type;
        if (options.CloudEvents)
        {
            var single = options.BatchSize <= 1;
            body = single ? events[0].InCloudEventsSchema(options.Topic) : new JsonArray([.. events.Select(e => e.InCloudEventsSchema(options.Topic))]);
            type = single ? "application/cloudevents+json" : "application/cloudevents-batch+json";
        }
        else
        {
            body = new JsonArray([.. events.Select(e => e.InEventGridSchema(options.Topic))]);
            type = "application/json";
        }
        var request = new HttpRequestMessage(HttpMethod.Post, Webhook) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type) };
        request.Headers.Add("aeg-event-type", kind);
        request.Headers.Add("aeg-subscription-name", options.SubscriptionName.ToUpperInvariant());
        request.Headers.Add("aeg-delivery-count", attempt.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("aeg-metadata-version", options.CloudEvents ? "1.0" : "1");
        if (!options.CloudEvents) request.Headers.Add("aeg-data-version", events[0].DataVersion);
        if (options.EventGridToken is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private void Track(Task delivery)
    {
        var watched = WatchAsync(delivery);
        _deliveries.TryAdd(watched, true);
        _ = watched.ContinueWith(done => _deliveries.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task WatchAsync(Task delivery)
    {
        try
        {
            await delivery;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The simulator is being stopped.
        }
        catch (InvalidOperationException e)
        {
            Log.NotDelivered(log, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A delivery was given up after {Attempts} attempts: {Outcome}")]
        internal static partial void GivenUp(ILogger logger, int attempts, string outcome);

        [LoggerMessage(2, LogLevel.Warning, "An event could not be delivered: {Reason}")]
        internal static partial void NotDelivered(ILogger logger, string reason);
    }
}
