using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Access;

namespace VoiceBridge.Dashboard.Acting;

/// <summary>
/// Everything that an operator can do to the cluster. Each action asks here, on the server, whether whoever is signed in may do it:
/// that a button is not shown is courtesy, not protection.
/// </summary>
internal sealed partial class OperatorActions(
    AuthenticationStateProvider signedIn, IAuthorizationService authorization, GatewayRegistry gateways, CallStore calls,
    CallControlClient callControl, TimeProvider time, ILogger<OperatorActions> logger)
{
    private const string NotAllowed = "You may look, but not act: the role VoiceBridge.Operator is needed.";
    private const string RedisAway = "Redis does not answer: nothing was changed. Try again when the page is live.";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    public Task<ActionResult> DrainAsync(string gatewayId) => OrderAsync(gatewayId, GatewayOrder.Drain);

    public Task<ActionResult> UndrainAsync(string gatewayId) => OrderAsync(gatewayId, GatewayOrder.Undrain);

    public async Task<ActionResult> HangUpAsync(CallRecord call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (await WhoMayActAsync() is not { } who) return ActionResult.Refused(NotAllowed);
        using var deadline = new CancellationTokenSource(Deadline, time);
        var result = await callControl.HangUpAsync(call.CallId, call.CallConnectionId, deadline.Token);
        if (result.Done)
        {
            LogHangUp(logger, call.CallId, who);
            await NoteAsync(call.CallId, "operator", "An operator hung the call up.");
        }
        return result;
    }

    public async Task<ActionResult> TransferAsync(CallRecord call, string target)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (await WhoMayActAsync() is not { } who) return ActionResult.Refused(NotAllowed);
        if (!TransferTarget.TryRead(target, out var number)) return ActionResult.Refused(TransferTarget.Expected);
        using var deadline = new CancellationTokenSource(Deadline, time);
        var result = await callControl.TransferAsync(call.CallId, call.CallConnectionId, number, deadline.Token);
        if (result.Done)
        {
            LogTransfer(logger, call.CallId, who);
            await NoteAsync(call.CallId, "operator", "An operator transferred the call.");
        }
        return result;
    }

    /// <summary>Whether the one who is signed in meets <paramref name="policy"/>.</summary>
    public async Task<bool> MayAsync(string policy)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        return (await authorization.AuthorizeAsync(user, policy)).Succeeded;
    }

    private async Task<ActionResult> OrderAsync(string gatewayId, GatewayOrder order)
    {
        if (await WhoMayActAsync() is not { } who) return ActionResult.Refused(NotAllowed);
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            await gateways.OrderAsync(gatewayId, order, deadline.Token);
            LogOrder(logger, order, gatewayId, who);
            return ActionResult.Ok;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            return ActionResult.Refused(RedisAway);
        }
    }

    private async Task<string?> WhoMayActAsync()
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if ((await authorization.AuthorizeAsync(user, Policies.Act)).Succeeded) return user.Identity?.Name ?? "unnamed operator";
        LogRefused(logger, user.Identity?.Name ?? "nobody");
        return null;
    }

    /// <summary>The timeline's entry is a courtesy: the action has been done whether or not it can be noted.</summary>
    private async Task NoteAsync(string callId, string kind, string text)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            await calls.AddEventAsync(callId, new CallEvent(time.GetUtcNow(), kind, text), deadline.Token);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            LogNotNoted(logger, callId, exception.Message);
        }
    }

    [LoggerMessage(EventId = 7020, Level = LogLevel.Information, Message = "{Order} ordered for gateway {GatewayId} by {Who}")]
    private static partial void LogOrder(ILogger logger, GatewayOrder order, string gatewayId, string who);

    [LoggerMessage(EventId = 7021, Level = LogLevel.Information, Message = "Call {CallId} hung up by {Who}")]
    private static partial void LogHangUp(ILogger logger, string callId, string who);

    [LoggerMessage(EventId = 7022, Level = LogLevel.Information, Message = "Call {CallId} transferred by {Who}")]
    private static partial void LogTransfer(ILogger logger, string callId, string who);

    [LoggerMessage(EventId = 7023, Level = LogLevel.Warning, Message = "Refused an operator's action to {Who}")]
    private static partial void LogRefused(ILogger logger, string who);

    [LoggerMessage(EventId = 7024, Level = LogLevel.Warning, Message = "The action on call {CallId} is not in its timeline: {Reason}")]
    private static partial void LogNotNoted(ILogger logger, string callId, string reason);
}
