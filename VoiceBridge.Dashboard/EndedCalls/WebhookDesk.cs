using System.Data.Common;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.History.Keeping;
using VoiceBridge.History.Webhooks;

namespace VoiceBridge.Dashboard.EndedCalls;

/// <summary>Shows what receivers of webhooks have not taken, and has it sent again on an operator's behalf. Whether it may is asked here, on the server.</summary>
internal sealed partial class WebhookDesk(
    IServiceProvider services, AuthenticationStateProvider signedIn, IAuthorizationService authorization, TimeProvider time, ILogger<WebhookDesk> logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly WebhookOverview? _webhooks = services.GetService<WebhookOverview>();

    /// <summary>Whether a history is kept: without one there are no webhooks.</summary>
    public bool IsKept => _webhooks is not null;

    /// <summary>Null when nobody who may see it is signed in, or the database does not answer.</summary>
    public async Task<WebhookView?> ReadAsync(CancellationToken ct)
    {
        if (_webhooks is null || !(await authorization.AuthorizeAsync((await signedIn.GetAuthenticationStateAsync()).User, Policies.Read)).Succeeded) return null;
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        try
        {
            return await _webhooks.ReadAsync(either.Token);
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return null;
        }
    }

    /// <summary>Sends one event again, or (null) all that a receiver has not taken. That it was done is recorded first. What to tell the operator.</summary>
    public async Task<string> SendAgainAsync(string receiver, UndeliveredWebhook? one)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, Policies.Act)).Succeeded) return "You may look, but not act: the role VoiceBridge.Operator is needed.";
        if (_webhooks is null) return "No history is kept.";
        var who = EndedCallReader.NameOf(user);
        using var deadline = new CancellationTokenSource(Deadline, time);
        try
        {
            await services.GetRequiredService<AccessLog>().AddAsync(who, AccessLog.Webhook, one?.CallId, 1, deadline.Token);
            var count = await _webhooks.SendAgainAsync(receiver, one?.Id, deadline.Token);
            LogSentAgain(logger, who, count, receiver);
            return count switch { 0 => "Nothing waits any more.", 1 => $"One event is sent to {receiver} again.", _ => $"{count} events are sent to {receiver} again." };
        }
        catch (Exception exception) when (IsAway(exception))
        {
            return "The history database does not answer. Try again.";
        }
    }

    private static bool IsAway(Exception exception) => exception is DbException or TimeoutException or OperationCanceledException;

    [LoggerMessage(EventId = 7044, Level = LogLevel.Information, Message = "{Who} has {Count} events sent to the webhook {Receiver} again")]
    private static partial void LogSentAgain(ILogger logger, string who, int count, string receiver);
}
