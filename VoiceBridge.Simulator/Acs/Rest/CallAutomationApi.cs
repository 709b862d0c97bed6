using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.Acs.Rest;

/// <summary>The Call Automation operations that a voice bridge needs; other paths are 404.</summary>
internal sealed class CallAutomationApi(SimulatorOptions options, CallRegistry calls, TimeProvider time)
{
    private const int LargestBody = 256 * 1024;
    private readonly Repeatability _repeatability = new();

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/calling/callConnections:answer", http => HandleAsync(http, repeatable: true, Answer));
        routes.MapPost("/calling/callConnections:reject", http => HandleAsync(http, repeatable: true, Reject));
        routes.MapPost("/calling/callConnections:redirect", http => HandleAsync(http, repeatable: true, Redirect));
        routes.MapGet("/calling/callConnections/{id}", http => HandleAsync(http, repeatable: false, OnCall(Get)));
        routes.MapDelete("/calling/callConnections/{id}", http => HandleAsync(http, repeatable: false, OnCall(HangUp)));
        routes.MapPost("/calling/callConnections/{id}:terminate", http => HandleAsync(http, repeatable: true, OnCall(Terminate)));
        routes.MapPost("/calling/callConnections/{id}:transferToParticipant", http => HandleAsync(http, repeatable: true, OnCall(Transfer)));
        routes.MapPost("/calling/callConnections/{id}:startMediaStreaming", http => HandleAsync(http, repeatable: false, OnCall(StartMedia)));
        routes.MapPost("/calling/callConnections/{id}:stopMediaStreaming", http => HandleAsync(http, repeatable: false, OnCall(StopMedia)));
    }

    private async Task HandleAsync(HttpContext http, bool repeatable, Func<HttpContext, JsonElement, RestResult> operation)
    {
        http.Response.Headers["X-Microsoft-Skype-Chain-ID"] = Guid.NewGuid().ToString();
        var body = await ReadBodyAsync(http);
        var result = body is null ? new RestError(413, "PayloadTooLarge", "The body is too large.").ToResult() : Unauthorized(http, body) ?? Unversioned(http);
        if (result is null && options.Acs.ThrottleTimes > 0)
        {
            options.Acs.ThrottleTimes--;
            http.Response.Headers.RetryAfter = "1";
            result = new RestError(429, "TooManyRequests", "Too many requests.").ToResult();
        }
        if (result is null && options.Acs.RestDelay > TimeSpan.Zero) await Task.Delay(options.Acs.RestDelay, time, http.RequestAborted);
        result ??= repeatable
            ? await _repeatability.RunAsync(http, HmacSignature.ContentHash(body), () => Task.FromResult(Run(http, body!, operation)))
            : Run(http, body!, operation);
        http.Response.StatusCode = result.Status;
        if (result.Body is null) return;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(result.Body, http.RequestAborted);
    }

    private static RestResult Run(HttpContext http, byte[] body, Func<HttpContext, JsonElement, RestResult> operation)
    {
        if (body.Length == 0) return operation(http, default);
        try
        {
            using var json = JsonDocument.Parse(body);
            return operation(http, json.RootElement);
        }
        catch (JsonException)
        {
            return RestError.BadRequest("The body is no JSON.").ToResult();
        }
    }

    private RestResult? Unauthorized(HttpContext http, byte[] body)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            var token = authorization["Bearer ".Length..];
            return token.Length > 0 && (options.BearerToken is null || options.BearerToken == token) ? null : new RestError(401, "Unauthorized", "The token is not accepted.").ToResult();
        }
        return HmacSignature.Fault(http.Request, body, options.AccessKey, time.GetUtcNow()) is { } fault ? new RestError(401, "Denied", fault).ToResult() : null;
    }

    private static RestResult? Unversioned(HttpContext http) =>
        http.Request.Query["api-version"].ToString().Length == 0 ? RestError.BadRequest("The query parameter api-version is required.").ToResult() : null;

    private RestResult Answer(HttpContext http, JsonElement body)
    {
        if (options.Acs.FailAnswerTimes > 0)
        {
            options.Acs.FailAnswerTimes--;
            return new RestError(500, "InternalServerError", "Something went wrong.").ToResult();
        }
        var (request, error) = AnswerRequest.Read(body);
        if (request is null) return error!.ToResult();
        if (calls.Ringing(request.Context) is not { } call || !call.TryAnswer(request)) return RestError.ContextGone.ToResult();
        calls.Connected(call);
        var result = new RestResult(200, Properties(call, "connecting"));
        if (options.Acs.LoseAnswerTimes <= 0) return result;
        options.Acs.LoseAnswerTimes--;
        _repeatability.Keep(http, result);
        return new RestError(500, "InternalServerError", "Something went wrong.").ToResult();
    }

    private RestResult Reject(HttpContext http, JsonElement body)
    {
        var reason = AnswerRequest.Text(body, "callRejectReason") ?? "none";
        if (reason is not ("none" or "busy" or "forbidden")) return RestError.BadRequest("callRejectReason must be none, busy or forbidden.").ToResult();
        return calls.Ringing(AnswerRequest.Text(body, "incomingCallContext")) is { } call && call.StopRinging(SimulatedCallState.Rejected, $"rejected: {reason}")
            ? new RestResult(204)
            : RestError.ContextGone.ToResult();
    }

    private RestResult Redirect(HttpContext http, JsonElement body)
    {
        if (!body.TryGetProperty("target", out var target) || Identifiers.Read(target) is not { } number) return RestError.BadRequest("target is required.").ToResult();
        if (calls.Ringing(AnswerRequest.Text(body, "incomingCallContext")) is not { } call || !call.StopRinging(SimulatedCallState.Redirected, $"redirected to {number}"))
            return RestError.ContextGone.ToResult();
        calls.Forward(call, number);
        return new RestResult(204);
    }

    private Func<HttpContext, JsonElement, RestResult> OnCall(Func<SimulatedCall, JsonElement, RestResult> operation) => (http, body) =>
        calls.Connection((string?)http.Request.RouteValues["id"]) is { State: SimulatedCallState.Answered } call
            ? operation(call, body)
            : RestError.NoSuchCall.ToResult();

    private static RestResult Get(SimulatedCall call, JsonElement body) => new(200, Properties(call, "connected"));

    private static RestResult HangUp(SimulatedCall call, JsonElement body)
    {
        call.Disconnect("hung up by the service");
        return new RestResult(204);
    }

    private static RestResult Terminate(SimulatedCall call, JsonElement body)
    {
        call.Disconnect("terminated by the service");
        return new RestResult(204);
    }

    private RestResult Transfer(SimulatedCall call, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("targetParticipant", out var participant) || Identifiers.Read(participant) is not { } number)
            return RestError.BadRequest("targetParticipant is required.").ToResult();
        var context = AnswerRequest.Text(body, "operationContext");
        var to = CallbackOverride(body);
        var target = options.Acs.TransferTargets.TryGetValue(number, out var own)
            ? own
            : new TransferTarget { Fails = options.Acs.TransferFails, Rings = options.Acs.TransferFails ? TimeSpan.Zero : options.Acs.TransferDelay };
        _ = RingAsync(call, number, target, context, to);
        return new RestResult(202, new JsonObject { ["operationContext"] = context }.ToJsonString());
    }

    /// <summary>The request is answered before the target is.</summary>
    private async Task RingAsync(SimulatedCall call, string number, TransferTarget target, string? context, Uri? to)
    {
        await Task.Delay(target.Rings, time);
        // The caller may have hung up meanwhile.
        if (call.State != SimulatedCallState.Answered) return;
        if (target.Fails)
        {
            call.Callback(call.Events.TransferFailed(context), to);
            return;
        }
        call.Callback(call.Events.TransferAccepted(context, number, call.Plan.From), to);
        call.Disconnect($"transferred to {number}");
        calls.Forward(call, number);
    }

    private static RestResult StartMedia(SimulatedCall call, JsonElement body) =>
        call.Stream is { } stream ? stream.Start()?.ToResult() ?? new RestResult(202) : RestError.BadRequest("The call was answered without media streaming.").ToResult();

    private static RestResult StopMedia(SimulatedCall call, JsonElement body)
    {
        if (call.Stream is not { } stream) return RestError.BadRequest("The call was answered without media streaming.").ToResult();
        stream.Stop();
        return new RestResult(202);
    }

    private static Uri? CallbackOverride(JsonElement body) =>
        Uri.TryCreate(AnswerRequest.Text(body, "operationCallbackUri"), UriKind.Absolute, out var uri) ? uri : null;

    private static string Properties(SimulatedCall call, string state)
    {
        var answer = call.Answered!;
        return new JsonObject
        {
            ["callConnectionId"] = call.CallConnectionId,
            ["serverCallId"] = call.ServerCallId,
            ["callConnectionState"] = state,
            ["callbackUri"] = answer.CallbackUri.OriginalString,
            ["correlationId"] = call.CorrelationId,
            ["source"] = Identifiers.Phone(call.Plan.From),
            ["targets"] = new JsonArray(Identifiers.Phone(call.Plan.To)),
            ["sourceCallerIdNumber"] = new JsonObject { ["value"] = call.Plan.From },
            ["sourceDisplayName"] = null,
            ["answeredFor"] = new JsonObject { ["value"] = call.Plan.To },
            ["mediaStreamingSubscription"] = call.Stream is null ? null : new JsonObject
            {
                ["id"] = call.Stream.SubscriptionId,
                ["state"] = call.Stream.Active ? "active" : "inactive",
                ["subscribedContentTypes"] = new JsonArray("audio"),
            },
            ["transcriptionSubscription"] = null,
        }.ToJsonString();
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            if (body.Length + read > LargestBody) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
