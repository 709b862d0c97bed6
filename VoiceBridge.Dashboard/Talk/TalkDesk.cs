using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Dashboard.Access;
using VoiceBridge.Dashboard.Commands;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Dashboard.Talk;

/// <summary>Lets an operator talk to an agent from the browser: issues the ticket that a gateway's <c>/web/ws</c> asks for.</summary>
internal sealed partial class TalkDesk(
    AuthenticationStateProvider signedIn, IAuthorizationService authorization, MediaTickets tickets, OperatorTimeline timeline,
    IConfiguration configuration, IOptions<DashboardOptions> options, TimeProvider time, ILogger<TalkDesk> logger)
{
    public const string UrlSetting = "Media:PublicUrl";

    /// <summary>A ticket for one conversation with <paramref name="agent"/> (null: the default one), or why there is none.</summary>
    public async Task<TalkPass> AdmitAsync(string? agent)
    {
        var user = (await signedIn.GetAuthenticationStateAsync()).User;
        if (!(await authorization.AuthorizeAsync(user, Policies.Act)).Succeeded) return TalkPass.Refused("Talking to an agent needs the role VoiceBridge.Operator.");
        if (!Uri.TryCreate(configuration[UrlSetting]?.TrimEnd('/') + "/", UriKind.Absolute, out var media) || media.Scheme is not ("ws" or "wss" or "http" or "https"))
            return TalkPass.Refused($"{UrlSetting} is not configured: the dashboard does not know where the gateways are.");

        var now = time.GetUtcNow();
        var correlationId = $"web-{Guid.NewGuid():N}";
        // Nothing rang, so nothing names this call but the correlation id.
        var callId = CallId.Of(correlationId, "");
        var ticket = tickets.Issue(new MediaTicket
        {
            CallId = callId,
            CorrelationId = correlationId,
            CallerId = user.Identity?.Name ?? "browser",
            CalledNumber = "web",
            Type = "web",
            Agent = string.IsNullOrWhiteSpace(agent) ? null : agent.Trim(),
            IssuedAt = now,
            ExpiresAt = now + options.Value.TalkLimit,
        });
        var who = Refusals.Printable(user.Identity?.Name ?? "unnamed operator");
        var whom = string.IsNullOrWhiteSpace(agent) ? "the default agent" : Refusals.Printable(agent.Trim());
        LogAdmitted(logger, callId, who, whom);
        await timeline.AddAsync(callId, $"{who} was let in to talk to {whom}.");
        var socket = new UriBuilder(new Uri(media, "web/ws")) { Scheme = media.Scheme is "https" or "wss" ? "wss" : "ws" };
        if (media.IsDefaultPort) socket.Port = -1;
        socket.Query = $"ticket={Uri.EscapeDataString(ticket)}";
        return new TalkPass(callId, socket.Uri.AbsoluteUri, null);
    }

    [LoggerMessage(EventId = 7030, Level = LogLevel.Information, Message = "Browser call {CallId} to {Agent} opened by {Who}")]
    private static partial void LogAdmitted(ILogger logger, string callId, string who, string agent);
}
