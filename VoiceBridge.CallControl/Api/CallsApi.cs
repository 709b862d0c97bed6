using System.Text.Json;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Api;

/// <summary>
/// What gateways and the dashboard ask for: hang up, transfer. The body carries the service's id of the call, so that this works while
/// Redis is away; it must be the one of the call's record, where there is one.
/// </summary>
internal sealed partial class CallsApi(
    ClusterTokens tokens, ClusterKeys keys, CallTermination termination, Transfers transfers, CallStore calls, Refusals refusals, TimeProvider time,
    ILogger<CallsApi> logger)
{
    /// <summary>Its name in the metrics.</summary>
    public const string Entry = "calls";

    private const string Audience = "callcontrol";
    private const int BodyLimit = 16 * 1024;
    private static readonly TimeSpan LookUpDeadline = TimeSpan.FromMilliseconds(500);
    private const string BearerPrefix = "Bearer ";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal sealed record HangUpRequest(string? CallConnectionId, string? Reason);

    /// <summary>The request id: whoever sends the same one again means the same transfer.</summary>
    internal sealed record TransferRequest(string? CallConnectionId, string? Target, string? Reason, string? RequestId = null);

    /// <summary>Whether the request is the cluster's.</summary>
    public bool IsAuthenticated(HttpContext context) => Check(context) is null;

    /// <summary>
    /// 202, also when the call is gone or its caller is on the way to the overflow number instead (<see cref="EndReason.OfFailures"/>); 502 when the
    /// phone service could not be asked.
    /// </summary>
    public async Task<IResult> HangUpAsync(string callId, HttpContext context)
    {
        if (Refuse(context)) return Results.Unauthorized();
        if (await ReadAsync<HangUpRequest>(context) is not { } request) return Bad("The body must be a JSON object.");
        var reason = string.IsNullOrEmpty(request.Reason) ? EndReason.AgentEnded : request.Reason;
        if (!EndReason.OfHangUps.Contains(reason)) return Bad($"reason: must be one of {string.Join(", ", EndReason.OfHangUps.Order(StringComparer.Ordinal))}.");
        var (connectionId, isAnothers) = await ConnectionIdAsync(callId, request.CallConnectionId, context.RequestAborted);
        if (isAnothers) return Anothers();
        if (connectionId is null) return Results.Accepted();

        // The caller may hang up on us meanwhile; what has been asked for is done all the same.
        if (EndReason.OfFailures.Contains(reason) && transfers.HasOverflow
            && (await transfers.SendToOverflowAsync(callId, connectionId, reason, CancellationToken.None)).Ok)
            return Results.Accepted();
        var result = await termination.HangUpAsync(callId, connectionId, reason, CancellationToken.None);
        return result.Outcome is PhoneOutcome.Done or PhoneOutcome.Gone ? Results.Accepted() : Failed(result);
    }

    /// <summary>202 when the service has accepted the transfer; 409 when the call cannot be transferred, 502 when the service could not be asked.</summary>
    public async Task<IResult> TransferAsync(string callId, HttpContext context)
    {
        if (Refuse(context)) return Results.Unauthorized();
        if (await ReadAsync<TransferRequest>(context) is not { } request) return Bad("The body must be a JSON object.");
        if (request.Target is not { Length: > 0 } target || !PhoneNumber.IsTransferTarget(target))
            return Bad("target: must be a phone number in E.164 (+14255550100) or the raw id of an ACS user (8:acs:...).");
        var (connectionId, isAnothers) = await ConnectionIdAsync(callId, request.CallConnectionId, context.RequestAborted);
        if (isAnothers) return Anothers();
        if (connectionId is null) return Results.Json(new { error = "The call is not there any more." }, statusCode: StatusCodes.Status409Conflict);

        var result = await transfers.TransferAsync(callId, connectionId, target, Reason(request), RequestId(request), CancellationToken.None);
        return result.Ok ? Results.Accepted() : Failed(result);
    }

    private bool Refuse(HttpContext context)
    {
        if (Check(context) is not { } why) return false;
        if (refusals.Count(Entry, "unauthenticated")) Log.Refused(logger, why);
        return true;
    }

    /// <summary>Null when the request is the cluster's, else why not. Its limit asks first, then its endpoint: the answer is found once.</summary>
    private string? Check(HttpContext context)
    {
        if (context.Features.Get<Checked>() is not { } known) context.Features.Set(known = new Checked(Find(context)));
        return known.Refusal;
    }

    private string? Find(HttpContext context)
    {
        // Everybody can make tokens of the stand-in key.
        if (!keys.Configured && !LocalRequest.IsLocal(context)) return "no Cluster:Keys are configured, and it is not from this machine";
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? header[BearerPrefix.Length..].Trim() : null;
        return tokens.TryVerify(token, Audience, out var refusal) ? null : refusal ?? "no token";
    }

    private sealed record Checked(string? Refusal);

    /// <summary>The service's id of the call. One that is given must be the record's: it would have another call hung up or transferred. Without a record it must do.</summary>
    private async Task<(string? Id, bool IsAnothers)> ConnectionIdAsync(string callId, string? given, CancellationToken cancellationToken)
    {
        var record = await RedisFailures.ReadOrNullAsync(() => calls.GetAsync(callId, cancellationToken).WaitAsync(LookUpDeadline, time, cancellationToken));
        var known = record?.CallConnectionId;
        if (string.IsNullOrEmpty(given) || known is null || known == given) return (string.IsNullOrEmpty(given) ? known : given, false);
        if (refusals.Count(Entry, "another_call")) Log.Anothers(logger, callId);
        return (null, true);
    }

    private static async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class
    {
        if ((await BoundedBody.ReadAsync(context.Request, BodyLimit, context.RequestAborted)).Content is not { } body) return null;
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Reason(TransferRequest request) => request.Reason is { Length: > 0 } reason ? reason[..Math.Min(reason.Length, 200)] : "";

    private static string RequestId(TransferRequest request) => request.RequestId is { Length: > 0 and <= 64 } id ? id : "";

    private static IResult Anothers() => Results.Json(new { error = "callConnectionId: is another call's." }, statusCode: StatusCodes.Status409Conflict);

    private static IResult Bad(string error) => Results.BadRequest(new { error });

    /// <summary>Without numbers: the agent that hears why a transfer failed knows its targets by name only.</summary>
    private static IResult Failed(PhoneResult result) => Results.Json(
        new { error = result.Message is { } message ? PhoneNumber.Masked(message) : $"The phone service answered with status {result.Status}." },
        statusCode: result.Outcome is PhoneOutcome.Gone or PhoneOutcome.Refused ? StatusCodes.Status409Conflict : StatusCodes.Status502BadGateway);

    private static partial class Log
    {
        [LoggerMessage(1411, LogLevel.Warning, "Refused a request to the calls API: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(1412, LogLevel.Warning, "Refused a request to the calls API for call {CallId}: the connection id is another call's")]
        public static partial void Anothers(ILogger logger, string callId);
    }
}
