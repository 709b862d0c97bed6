using System.Collections.Concurrent;
using System.Text.Json;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace VoiceBridge.Samples.WebhookReceiver;

/// <summary>Is told of each ended call by <c>POST /</c>, checks the signature with <c>Secret</c>, and prints a line.</summary>
public static partial class WebhookReceiverApp
{
    private const string Signature = "webhook-signature";

    /// <summary>Builds the application; <paramref name="configure"/> runs before the container is built.</summary>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        configure?.Invoke(builder);
        var app = builder.Build();
        var secret = new StandardWebhook(app.Configuration["Secret"] ?? throw new InvalidOperationException("Secret: the key that events are signed with, whsec_..."));
        var known = new ConcurrentDictionary<string, bool>();
        app.MapPost("/", async (HttpRequest request) =>
        {
            // The signature is one of the bytes as they came.
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
            if (!IsSigned(request.Headers, body, secret)) return Results.Unauthorized();
            // An event may come twice: the id tells.
            if (known.TryAdd(request.Headers["webhook-id"].ToString(), true)) Print(app.Logger, JsonElement.Parse(body));
            // Anything else, or no answer within 15 seconds, and it comes again.
            return Results.NoContent();
        });
        return app;
    }

    private static void Print(ILogger log, JsonElement webhook)
    {
        var call = webhook.GetProperty("data");
        Ended(log, call.GetProperty("callId").GetString(), call.GetProperty("caller").GetString(), call.GetProperty("durationMs").GetInt64() / 1000, call.GetProperty("endReason").GetString());
    }

    [LoggerMessage(LogLevel.Information, "Call {CallId} of {Caller} ended after {Seconds} s: {Reason}")]
    private static partial void Ended(ILogger logger, string? callId, string? caller, long seconds, string? reason);

    /// <summary>While a key is replaced there are two signatures: one that fits is enough. The time must be within five minutes of ours.</summary>
    private static bool IsSigned(IHeaderDictionary headers, string body, StandardWebhook secret)
    {
        foreach (var signature in headers[Signature].ToString().Split(' '))
        {
            try
            {
                secret.Verify(body, new HeaderDictionary(headers.ToDictionary(header => header.Key, header => header.Value)) { [Signature] = signature });
                return true;
            }
            catch (WebhookVerificationException)
            {
                // Perhaps the next one.
            }
        }

        return false;
    }
}
