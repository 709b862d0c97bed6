using System.Text.Json.Serialization;
using Azure.Messaging.EventGrid.SystemEvents;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>
/// The webhook. Event Grid never retries after 400, 401, 403 and 413; after anything else it does, at the earliest 10 s later, when the phone may still ring. So whatever
/// is authentic gets 200 at once and is worked on afterwards, and only what could not be told apart or read is answered with 5xx.
/// </summary>
internal sealed partial class WebhookEndpoint(WebhookAuthentication access, CallIntake intake, Refusals refusals, TimeProvider time, ILogger<WebhookEndpoint> logger)
{
    /// <summary>Its name in the metrics.</summary>
    public const string Entry = "eventgrid";

    /// <summary>Event Grid's own limit for an event, and more than its largest batch.</summary>
    internal const int BodyLimit = 1024 * 1024;

    /// <summary>A validation event is less than a kilobyte, and whoever sends one has shown no credential.</summary>
    private const int HandshakeLimit = 16 * 1024;

    private const string Origin = "eventgrid.azure.net";

    /// <summary>The CloudEvents handshake (HTTP 1.1 Web Hooks for Event Delivery, section 4: abuse protection).</summary>
    public async Task<IResult> OptionsAsync(HttpContext context)
    {
        var (entry, why) = await access.CheckAsync(context);
        var origin = context.Request.Headers["WebHook-Request-Origin"].ToString();
        if (entry is WebhookEntry.HandshakeOnly && origin != Origin) (entry, why) = (WebhookEntry.Refused, "a handshake of a stranger");
        if (entry is WebhookEntry.Unknown) return NotKnown(context, why);
        if (entry is WebhookEntry.Refused) return Refuse(context, why);
        if (origin.Length > 0)
        {
            context.Response.Headers["WebHook-Allowed-Origin"] = origin;
            context.Response.Headers["WebHook-Allowed-Rate"] = "*";
        }

        context.Response.Headers.Allow = "POST, OPTIONS";
        return Results.Ok();
    }

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var (entry, why) = await access.CheckAsync(context);
        if (entry is WebhookEntry.Unknown) return NotKnown(context, why);
        if (entry is WebhookEntry.Refused) return Refuse(context, why);
        var limit = entry is WebhookEntry.HandshakeOnly ? HandshakeLimit : BodyLimit;
        var body = await BoundedBody.ReadAsync(context.Request, limit, context.RequestAborted);
        if (body.Content is not { } content)
        {
            if (refusals.Count(Entry, body.Reason)) Log.NotRead(logger, body.Status, limit);
            return Results.StatusCode(body.Status);
        }

        var batch = EventParser.Parse(content);
        var malformed = batch.Malformed.ToList();
        string? validationCode = null;
        var notLookedAt = new List<string>();
        var calls = new List<Task<bool>>();
        foreach (var item in batch.Events)
        {
            if (item.SystemData is SubscriptionValidationEventData validation)
                validationCode = validation.ValidationCode;
            else if (entry is not WebhookEntry.Full)
                notLookedAt.Add(item.Type);
            else if (string.Equals(item.Type, IncomingCallReader.EventType, StringComparison.OrdinalIgnoreCase))
                Take(item, calls, malformed);
            else
                Log.Ignored(logger, item.Type);
        }

        // One line for each request, however many events its sender has put into it.
        if (malformed.Count > 0 && refusals.Count(Entry, "malformed")) Log.Malformed(logger, malformed.Count, malformed[0]);
        if (notLookedAt.Count > 0 && refusals.Count(Entry, "handshake")) Log.NotLookedAt(logger, notLookedAt.Count, Refusals.Printable(notLookedAt[0]));

        // Claims are independent of each other; none throws.
        if ((await Task.WhenAll(calls)).Contains(false)) return Results.StatusCode(StatusCodes.Status500InternalServerError);
        if (entry is WebhookEntry.HandshakeOnly && validationCode is null) return Refuse(context, "a handshake without a validation event");
        if (!batch.Readable) return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        return validationCode is null ? Results.Ok() : Results.Ok(new ValidationReply(validationCode));
    }

    private void Take(IncomingEvent item, List<Task<bool>> calls, List<string> malformed)
    {
        if (IncomingCallReader.Read(item.RawData, item.Time ?? time.GetUtcNow(), out var why) is { } call)
            calls.Add(intake.AcceptAsync(call));
        else
            malformed.Add(why!);
    }

    /// <summary>Why stays in the log: a stranger learns nothing.</summary>
    private IResult Refuse(HttpContext context, string? why)
    {
        if (refusals.Count(Entry, "unauthenticated")) Log.Refused(logger, context.Request.Path, why ?? "unknown");
        return Results.StatusCode(StatusCodes.Status401Unauthorized);
    }

    /// <summary>Nobody could tell whose request it is: 401 would be final for Event Grid, and would put the whole subscription off for minutes.</summary>
    private IResult NotKnown(HttpContext context, string? why)
    {
        if (refusals.Count(Entry, "unknown")) Log.Refused(logger, context.Request.Path, why ?? "unknown");
        return Results.StatusCode(StatusCodes.Status500InternalServerError);
    }

    /// <summary>The only reply that Event Grid accepts to a validation event, with status 200.</summary>
    internal sealed record ValidationReply([property: JsonPropertyName("validationResponse")] string ValidationResponse);

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Warning, "Refused {Path}: {Reason}")]
        public static partial void Refused(ILogger logger, PathString path, string reason);

        [LoggerMessage(1002, LogLevel.Warning, "Refused a webhook body with {Status}; the limit is {Limit} bytes")]
        public static partial void NotRead(ILogger logger, int status, int limit);

        [LoggerMessage(1003, LogLevel.Warning, "Passed over {Count} events that cannot be read in a webhook body, the first: {What}")]
        public static partial void Malformed(ILogger logger, int count, string what);

        [LoggerMessage(1004, LogLevel.Debug, "Ignored an event of type {Type}")]
        public static partial void Ignored(ILogger logger, string type);

        [LoggerMessage(1005, LogLevel.Warning, "Did not look at {Count} events that came with a handshake, the first of type {Type}")]
        public static partial void NotLookedAt(ILogger logger, int count, string type);
    }
}
