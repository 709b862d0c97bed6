using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.Dashboard.Commands;

/// <summary>
/// Everything that an operator can do to the cluster. Each action asks here, on the server, whether whoever is signed in may do it:
/// that a button is not shown is courtesy, not protection.
/// </summary>
internal sealed partial class OperatorActions(
    AuthenticationStateProvider signedIn, IAuthorizationService authorization, GatewayRegistry gateways, ClusterLog log, CallControlClient callControl,
    OperatorTimeline timeline, CallerIdPrivacy privacy, TimeProvider time, ILogger<OperatorActions> logger)
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
        LogHangUp(logger, call.CallId, who, Outcome(result));
        await timeline.AddAsync(call.CallId, result.Done ? $"{who} hung the call up." : $"{who} wanted to hang the call up: {result.Why}");
        return result;
    }

    public async Task<ActionResult> TransferAsync(CallRecord call, string target)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (await WhoMayActAsync() is not { } who) return ActionResult.Refused(NotAllowed);
        if (!TransferTarget.TryRead(target, out var number)) return ActionResult.Refused(TransferTarget.Expected);
        using var deadline = new CancellationTokenSource(Deadline, time);
        var result = await callControl.TransferAsync(call.CallId, call.CallConnectionId, number, deadline.Token);
        var shown = privacy.Format(number);
        LogTransfer(logger, call.CallId, shown, who, Outcome(result));
        await timeline.AddAsync(call.CallId, result.Done ? $"{who} transferred the call to {shown}." : $"{who} wanted to transfer the call to {shown}: {result.Why}");
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
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            return ActionResult.Refused(RedisAway);
        }

        try
        {
            await log.AddAsync(order is GatewayOrder.Drain ? ClusterLogKind.DrainOrdered : ClusterLogKind.UndrainOrdered, deadline.Token, gatewayId, who);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or OperationCanceledException)
        {
            // What is ordered is ordered; who did it is in this service's log in any case.
        }

        return ActionResult.Ok;
    }

    private async Task<string?> WhoMayActAsync()
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if ((await authorization.AuthorizeAsync(user, Policies.Act)).Succeeded) return Refusals.Printable(user.Identity?.Name ?? "unnamed operator");
        LogRefused(logger, Refusals.Printable(user.Identity?.Name ?? "nobody"));
        return null;
    }

    private static string Outcome(ActionResult result) => result.Done ? "done" : result.Why ?? "failed";

    [LoggerMessage(EventId = 7020, Level = LogLevel.Information, Message = "{Order} ordered for gateway {GatewayId} by {Who}")]
    private static partial void LogOrder(ILogger logger, GatewayOrder order, string gatewayId, string who);

    [LoggerMessage(EventId = 7021, Level = LogLevel.Information, Message = "Hang-up of call {CallId} by {Who}: {Outcome}")]
    private static partial void LogHangUp(ILogger logger, string callId, string who, string outcome);

    [LoggerMessage(EventId = 7022, Level = LogLevel.Information, Message = "Transfer of call {CallId} to {Target} by {Who}: {Outcome}")]
    private static partial void LogTransfer(ILogger logger, string callId, string target, string who, string outcome);

    [LoggerMessage(EventId = 7023, Level = LogLevel.Warning, Message = "Refused an operator's action to {Who}")]
    private static partial void LogRefused(ILogger logger, string who);
}
