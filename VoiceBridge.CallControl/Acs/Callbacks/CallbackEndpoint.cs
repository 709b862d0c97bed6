using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.Calls;
using VoiceBridge.CallControl.EventGrid;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Acs.Callbacks;

/// <summary>Where Call Automation posts what happens to a call.</summary>
internal sealed partial class CallbackEndpoint(
    CallLifecycle lifecycle, IOptionsMonitor<AcsOptions> options, IHostEnvironment environment, TimeProvider time, ILogger<CallbackEndpoint> logger)
{
    private const int BodyLimit = 256 * 1024;

    public async Task<IResult> PostAsync(string callId, HttpContext context)
    {
        if (await RefuseAsync(context) is { } why)
        {
            VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "callback"), new("reason", "unauthenticated"));
            Log.Refused(logger, why);
            if (options.CurrentValue.CallbackToken is TokenMode.Required) return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        if (!IsCallId(callId)) return Results.NotFound();
        if (await BoundedBody.ReadAsync(context.Request, BodyLimit, context.RequestAborted) is not { } body)
        {
            VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "callback"), new("reason", "too_large"));
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }

        var batch = CallbackParser.Parse(callId, body, time.GetUtcNow());
        foreach (var malformed in batch.Malformed) Log.Malformed(logger, callId, malformed);
        if (batch.Malformed.Count > 0) VoiceBridgeTelemetry.Refusals.Add(1, new("entry", "callback"), new("reason", "malformed"));
        lifecycle.Handle(batch.Notices);
        return Results.Ok();
    }

    /// <summary>Null when the request may pass, else why not.</summary>
    private async Task<string?> RefuseAsync(HttpContext context)
    {
        if (string.IsNullOrEmpty(options.CurrentValue.ResourceId))
        {
            var local = environment.IsDevelopment() && context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
            return local ? null : "Acs:ResourceId is not configured";
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

        [LoggerMessage(1302, LogLevel.Warning, "Passed over what cannot be read in a callback for call {CallId}: {What}")]
        public static partial void Malformed(ILogger logger, string callId, string what);
    }
}
