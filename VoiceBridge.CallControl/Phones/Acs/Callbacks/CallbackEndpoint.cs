using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Acs.Callbacks;

/// <summary>Where Call Automation posts what happens to a call.</summary>
internal sealed partial class CallbackEndpoint(
    CallLifecycle lifecycle, IOptionsMonitor<AcsOptions> options, IOptionsMonitor<JwtBearerOptions> tokens, IHostEnvironment environment, Refusals refusals, TimeProvider time,
    ILogger<CallbackEndpoint> logger)
{
    /// <summary>Its name in the metrics.</summary>
    public const string Entry = "callback";

    private const int BodyLimit = 256 * 1024;

    /// <summary>Whether the request is let in.</summary>
    public async ValueTask<bool> IsAuthenticatedAsync(HttpContext context) =>
        options.CurrentValue.CallbackToken is not TokenMode.Required || await RefuseAsync(context) is null;

    public async Task<IResult> PostAsync(string callId, HttpContext context)
    {
        if (await RefuseAsync(context) is { } why)
        {
            if (refusals.Count(Entry, "unauthenticated")) Log.Refused(logger, why);
            if (options.CurrentValue.CallbackToken is TokenMode.Required)
            {
                // ACS tries again after 5xx, and what it tells of a call should not be lost because its keys could not be had.
                var known = string.IsNullOrEmpty(options.CurrentValue.ResourceId) || await TokenKeys.AreKnownAsync(tokens.Get(CallbackTokens.Scheme), context.RequestAborted);
                return Results.StatusCode(known ? StatusCodes.Status401Unauthorized : StatusCodes.Status500InternalServerError);
            }
        }

        if (!IsCallId(callId)) return Results.NotFound();
        var body = await BoundedBody.ReadAsync(context.Request, BodyLimit, context.RequestAborted);
        if (body.Content is not { } content)
        {
            if (refusals.Count(Entry, body.Reason)) Log.NotRead(logger, callId, body.Status, BodyLimit);
            return Results.StatusCode(body.Status);
        }

        var batch = CallbackParser.Parse(callId, content, time.GetUtcNow());
        if (batch.Malformed.Count > 0 && refusals.Count(Entry, "malformed")) Log.Malformed(logger, batch.Malformed.Count, callId, batch.Malformed[0]);
        lifecycle.Handle(batch.Events);
        return Results.Ok();
    }

    /// <summary>Null when the request may pass, else why not.</summary>
    private async Task<string?> RefuseAsync(HttpContext context)
    {
        if (string.IsNullOrEmpty(options.CurrentValue.ResourceId))
        {
            return environment.IsDevelopment() && LocalRequest.IsLocal(context) ? null : "Acs:ResourceId is not configured";
        }

        var result = await context.AuthenticateAsync(CallbackTokens.Scheme);
        if (result.Succeeded) return null;
        return result.Failure is { } failure ? failure.GetType().Name : "no token";
    }

    private static bool IsCallId(string text) => text.Length == 32 && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    private static partial class Log
    {
        [LoggerMessage(1301, LogLevel.Warning, "A callback without a valid token: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(1302, LogLevel.Warning, "Passed over {Count} events that cannot be read in a callback for call {CallId}, the first: {What}")]
        public static partial void Malformed(ILogger logger, int count, string callId, string what);

        [LoggerMessage(1303, LogLevel.Warning, "Refused a callback for call {CallId} with {Status}; the limit is {Limit} bytes")]
        public static partial void NotRead(ILogger logger, string callId, int status, int limit);
    }
}
