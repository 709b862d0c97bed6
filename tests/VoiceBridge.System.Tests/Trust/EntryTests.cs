using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Every door and every credential: only the right one gets in, the log says why another did not, and the answer says nothing.</summary>
public sealed class EntryTests(RedisServers servers)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(10);

    /// <summary>A way to come to a door; <see cref="Why"/> is what the log must say, null when it opens.</summary>
    private sealed record Visit(string With, Request Request, int Status, string? Why);

    [Fact]
    public async Task Webhook_opens_to_its_key_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        var url = new Uri(guarded.Control, "/acs/incomingcall");
        Request Post(string? code, params (string, string)[] headers) =>
            new("POST", code is null ? url : new Uri(url, $"?code={Uri.EscapeDataString(code)}"), "[]", false, headers);

        await VisitAsync(guarded,
            new("nothing", Post(null), 401, "no credential"),
            new("an empty key", Post(""), 401, "no credential"),
            new("a wrong key", Post("wrong"), 401, "wrong key"),
            new("the key and more", Post(guarded.WebhookKey + "x"), 401, "wrong key"),
            new("the key in capitals", Post(guarded.WebhookKey.ToUpperInvariant()), 401, "wrong key"),
            new("an operator's key", Post(GuardedSystem.OpsKey), 401, "wrong key"),
            new("a token of ACS", Post(null, ("Authorization", GuardedSystem.Bearer(guarded.Acs.CallbackToken()))), 401, "a kind that is not configured"),
            new("a token of the cluster", Post(null, ("Authorization", GuardedSystem.Bearer(guarded.ClusterToken()))), 401, "a kind that is not configured"),
            new("another subscription's name", Post(null, ("aeg-event-type", "SubscriptionValidation"), ("aeg-subscription-name", "somebody")), 401, "no credential"),
            new("the subscription's name, no handshake", Post(null, ("aeg-event-type", "SubscriptionValidation"),
                ("aeg-subscription-name", guarded.System.Azure!.Options.SubscriptionName)), 401, "no credential"),
            new("a stranger's handshake", new Request("OPTIONS", url, null, false, ("WebHook-Request-Origin", "evil.example")), 401, "no credential"),
            new("the key", Post(guarded.WebhookKey), 200, null));
    }

    [Fact]
    public async Task Webhook_opens_to_tokens_of_Event_Grid_where_Entra_ID_protects_it()
    {
        await using var entra = await EntraId.StartAsync();
        await using var guarded = await GuardedSystem.StartAsync(
            servers, ("EventGrid:Authority", entra.Address), ("EventGrid:TenantId", entra.Tenant), ("EventGrid:Audience", EntraId.Audience));
        var url = new Uri(guarded.Control, "/acs/incomingcall");
        var subscription = guarded.System.Azure!.Options.SubscriptionName;
        Request Post(string? token, string body = "[]", params (string, string)[] headers) =>
            new("POST", url, body, false, token is null ? headers : [("Authorization", GuardedSystem.Bearer(token)), .. headers]);
        Request Handshake(string name, string? token = null) => Post(
            token, """[{"id":"1","topic":"","subject":"","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","eventTime":"2026-10-04T17:18:42Z","dataVersion":"1","data":{"validationCode":"c"}},{"id":"2","subject":"","eventType":"Microsoft.Communication.IncomingCall","eventTime":"2026-10-04T17:18:42Z","dataVersion":"1","data":{}}]""",
            ("aeg-event-type", "SubscriptionValidation"), ("aeg-subscription-name", name));
        Request Ask(string origin, string? token = null) => new(
            "OPTIONS", url, null, false, token is null ? [("WebHook-Request-Origin", origin)] : [("WebHook-Request-Origin", origin), ("Authorization", GuardedSystem.Bearer(token))]);

        await VisitAsync(guarded,
            new("nothing", Post(null), 401, "no credential"),
            new("garbage", Post("garbage"), 401, "SecurityTokenMalformed"),
            new("an expired token", Post(entra.Token(age: Minutes)), 401, "SecurityTokenExpiredException"),
            new("a token from the future", Post(entra.Token(age: -Minutes)), 401, "SecurityTokenNotYetValidException"),
            new("a token for somebody else", Post(entra.Token(audience: Guid.NewGuid().ToString())), 401, "SecurityTokenInvalidAudienceException"),
            new("another tenant's token", Post(entra.Token(tenant: Guid.NewGuid().ToString())), 401, "SecurityTokenInvalidIssuerException"),
            new("another tenant's token, version 1", Post(entra.Token(version: 1, tenant: Guid.NewGuid().ToString())), 401, "SecurityTokenInvalidIssuerException"),
            new("a token of no tenant", Post(entra.Token(issuer: "https://evil.example")), 401, "SecurityTokenInvalidIssuerException"),
            new("another application's token", Post(entra.Token(application: Guid.NewGuid().ToString())), 401, "another application"),
            new("another application's token, version 1", Post(entra.Token(version: 1, application: Guid.NewGuid().ToString())), 401, "another application"),
            new("a token of no application", Post(entra.Token(application: "")), 401, "another application"),
            new("a token without its role", Post(entra.Token(role: "")), 401, "lacks the role"),
            new("a token with another role", Post(entra.Token(role: "Reader")), 401, "lacks the role"),
            new("a token of another key", Post(entra.Token(otherKey: true)), 401, "SecurityTokenSignatureKeyNotFoundException"),
            new("a forged token", Post(GuardedSystem.Forged(entra.Token())), 401, "SecurityTokenInvalidSignatureException"),
            new("an unsigned token", Post(GuardedSystem.Unsigned(entra.Token())), 401, "SecurityToken"),
            new("a token of ACS", Post(guarded.Acs.CallbackToken()), 401, "SecurityToken"),
            new("a token of the cluster", Post(guarded.ClusterToken()), 401, "SecurityToken"),
            new("the handshake of another subscription", Handshake("somebody"), 401, "no credential"),
            new("the subscription's handshake with a wrong token", Handshake(subscription, entra.Token(age: Minutes)), 401, "SecurityTokenExpiredException"),
            new("a question of a stranger's", Ask("evil.example"), 401, "a handshake of a stranger"),
            new("Event Grid's question with a wrong token", Ask("eventgrid.azure.net", entra.Token(age: Minutes)), 401, "SecurityTokenExpiredException"),
            new("the subscription's handshake", Handshake(subscription), 200, null),
            new("Event Grid's question", Ask("eventgrid.azure.net"), 200, null),
            new("Event Grid's question with its token", Ask("eventgrid.azure.net", entra.Token()), 200, null),
            new("its token", Post(entra.Token()), 200, null),
            new("its token, version 1", Post(entra.Token(version: 1)), 200, null));
        Assert.Contains(guarded.Log.Lines, line => line.Contains("Did not look at 1 events that came with a handshake, the first of type Microsoft.Communication.IncomingCall", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callbacks_open_to_tokens_of_ACS_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        var ticket = GuardedSystem.Ticket();
        Request Post(string? authorization) => new(
            "POST", new Uri(guarded.Control, $"/acs/callbacks/{ticket.CallId}"), "[]", false, authorization is null ? [] : [("Authorization", authorization)]);

        await VisitAsync(guarded,
        [
            new("nothing", Post(null), 401, "no token"),
            new("another scheme", Post("Basic YTpi"), 401, "no token"),
            new("garbage", Post("Bearer garbage"), 401, "SecurityTokenMalformed"),
            new("a ticket", Post(GuardedSystem.Bearer(guarded.Issue(ticket))), 401, "Exception"),
            new("a token of the cluster", Post(GuardedSystem.Bearer(guarded.ClusterToken())), 401, "Exception"),
            .. WrongTokens(guarded, Minutes).Select(wrong => new Visit(wrong.With, Post(GuardedSystem.Bearer(wrong.Token)), 401, wrong.Why)),
            new("a token of ACS", Post(GuardedSystem.Bearer(guarded.Acs.CallbackToken())), 200, null),
        ]);
    }

    [Fact]
    public async Task Calls_open_to_tokens_of_the_cluster_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        var call = GuardedSystem.Ticket().CallId;
        foreach (var path in new[] { "hangup", "transfer" })
        {
            Request Post(string? token) => new(
                "POST", new Uri(guarded.Control, $"/calls/{call}/{path}"), """{"reason":"agent_ended","target":"+14255550100"}""", false,
                token is null ? [] : [("Authorization", GuardedSystem.Bearer(token))]);

            await VisitAsync(guarded,
                new("nothing", Post(null), 401, "malformed"),
                new("garbage", Post("garbage"), 401, "malformed"),
                new("an expired token", Post(guarded.ClusterToken(age: Minutes)), 401, "expired"),
                new("one from the future", Post(guarded.ClusterToken(age: -Minutes)), 401, "expired"),
                new("one for somebody else", Post(guarded.ClusterToken("mediagateway")), 401, "wrong audience"),
                new("another cluster's", Post(guarded.ClusterToken(cluster: "another")), 401, "wrong issuer"),
                new("one of another key", Post(guarded.ClusterToken(otherKey: true)), 401, "Refused a request"),
                new("a forged one", Post(GuardedSystem.Forged(guarded.ClusterToken())), 401, "Refused a request"),
                new("an unsigned one", Post(GuardedSystem.Unsigned(guarded.ClusterToken())), 401, "Refused a request"),
                new("a token of ACS", Post(guarded.Acs.CallbackToken()), 401, "Refused a request"),
                new("an operator's key", Post(GuardedSystem.OpsKey), 401, "malformed"),
                // The call is not there: that is for the cluster to hear, not for a stranger.
                new("a token of the cluster", Post(guarded.ClusterToken()), path == "hangup" ? 202 : 409, null));
        }
    }

    [Fact]
    public async Task Figures_and_commands_open_to_operators_keys_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        foreach (var (method, url) in new (string, Uri)[]
        {
            ("GET", new Uri(guarded.Control, "/stats")), ("GET", new Uri(guarded.Control, "/scale")), ("GET", new Uri(guarded.Gateway, "/stats")),
            ("POST", new Uri(guarded.Gateway, "/drain")),
        })
        {
            Request Ask(params (string, string)[] headers) => new(method, url, null, false, headers);
            var commands = method == "POST";
            var key = commands ? GuardedSystem.CommandKey : GuardedSystem.OpsKey;

            await VisitAsync(guarded,
                new("nothing", Ask(), 401, "no key"),
                new("a wrong key", Ask(("X-Api-Key", "wrong")), 401, "wrong key"),
                new("the key in capitals", Ask(("X-Api-Key", key.ToUpperInvariant())), 401, "wrong key"),
                new("the webhook's key", Ask(("X-Api-Key", guarded.WebhookKey)), 401, "wrong key"),
                new("the key as a token", Ask(("Authorization", GuardedSystem.Bearer(key))), 401, "no key"),
                new("a token of the cluster", Ask(("Authorization", GuardedSystem.Bearer(guarded.ClusterToken()))), 401, "no key"),
                new("a made-up address", Ask(("X-Forwarded-For", "127.0.0.1")), 401, "no key"),
                new("the other right's key", Ask(("X-Api-Key", commands ? GuardedSystem.OpsKey : GuardedSystem.CommandKey)), 401, commands ? "figures only" : "wrong key"),
                new("the key", Ask(("X-Api-Key", key)), commands ? 202 : 200, null));
        }
    }

    [Fact]
    public async Task Media_sockets_of_phones_open_to_a_ticket_and_a_token_of_ACS_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        var ticket = GuardedSystem.Ticket();
        var token = guarded.Acs.MediaToken();
        var ended = await EndedAsync(guarded, GuardedSystem.Ticket());
        var late = await AnsweredAsync(guarded, GuardedSystem.Ticket(age: TimeSpan.FromMinutes(5)));
        Request Open(string? text, string? bearer, MediaTicket? headersOf) => new(
            "GET", new Uri(guarded.Gateway, text is null ? "/acs/ws" : $"/acs/ws?ticket={Uri.EscapeDataString(text)}"), null, true,
            [
                .. bearer is null ? Array.Empty<(string, string)>() : [("Authorization", GuardedSystem.Bearer(bearer))],
                .. headersOf is null ? Array.Empty<(string, string)>() : [("x-ms-call-correlation-id", headersOf.CorrelationId), ("x-ms-call-connection-id", Guid.NewGuid().ToString())],
            ]);

        await VisitAsync(guarded,
        [
            new("nothing", Open(null, null, null), 401, "malformed"),
            new("a token without a ticket", Open(null, token, ticket), 401, "malformed"),
            new("garbage for a ticket", Open("garbage", token, ticket), 401, "malformed"),
            new("the token for a ticket", Open(token, token, ticket), 401, "malformed"),
            new("a ticket of another key", Open(guarded.Issue(ticket, otherKey: true), token, ticket), 401, "unknown key"),
            new("a forged ticket", Open(GuardedSystem.Forged(guarded.Issue(ticket)), token, ticket), 401, "tampered"),
            new("an expired ticket", Open(guarded.Issue(GuardedSystem.Ticket(age: 2 * Hour)), token, null), 401, "expired"),
            new("a ticket from the future", Open(guarded.Issue(GuardedSystem.Ticket(age: -Hour)), token, null), 401, "not yet valid"),
            new("a browser's ticket", Open(guarded.Issue(GuardedSystem.Ticket("web")), token, null), 401, "a ticket of type web"),
            new("a ticket without a token", Open(guarded.Issue(ticket), null, ticket), 401, "token: no token"),
            new("a ticket and a token of the cluster", Open(guarded.Issue(ticket), guarded.ClusterToken(), ticket), 401, "token: "),
            .. WrongTokens(guarded, 25 * Hour).Select(wrong => new Visit($"a ticket and {wrong.With}", Open(guarded.Issue(ticket), wrong.Token, ticket), 401, $"token: {wrong.Why}")),
            new("the ticket of another call", Open(guarded.Issue(ticket), token, GuardedSystem.Ticket()), 403, "the ticket of another call"),
            new("the ticket of a call that has ended", Open(guarded.Issue(ended), token, ended), 401, "the call is over"),
            new("a ticket that is first used too late", Open(guarded.Issue(late), token, late), 401, "used too late"),
            new("its ticket and a token of ACS", Open(guarded.Issue(ticket), token, ticket), 101, null),
        ]);
    }

    [Fact]
    public async Task Media_sockets_of_browsers_open_to_a_ticket_on_our_pages_only()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers);
        var ticket = GuardedSystem.Ticket("web");
        var ended = await EndedAsync(guarded, GuardedSystem.Ticket("web"));
        Request Open(string? text, string? origin = GuardedSystem.Origin) => new(
            "GET", new Uri(guarded.Gateway, text is null ? "/web/ws" : $"/web/ws?ticket={Uri.EscapeDataString(text)}"), null, true, origin is null ? [] : [("Origin", origin)]);

        await VisitAsync(guarded,
            new("nothing", Open(null, null), 403, "origin not allowed"),
            new("no ticket", Open(null), 401, "malformed"),
            new("garbage", Open("garbage"), 401, "malformed"),
            new("a ticket without an origin", Open(guarded.Issue(ticket), null), 403, "origin not allowed"),
            new("a ticket on a strange page", Open(guarded.Issue(ticket), "https://evil.example"), 403, "origin not allowed"),
            new("a ticket on a page with our name in its name", Open(guarded.Issue(ticket), GuardedSystem.Origin + ".evil.example"), 403, "origin not allowed"),
            new("a ticket on this machine", Open(guarded.Issue(ticket), "http://localhost"), 403, "origin not allowed"),
            new("a ticket of another key", Open(guarded.Issue(ticket, otherKey: true)), 401, "unknown key"),
            new("an expired ticket", Open(guarded.Issue(GuardedSystem.Ticket("web", 2 * Hour))), 401, "expired"),
            new("a phone's ticket", Open(guarded.Issue(GuardedSystem.Ticket())), 401, "a ticket of type acs"),
            new("the ticket of a call that has ended", Open(guarded.Issue(ended)), 401, "the call is over"),
            new("its ticket", Open(guarded.Issue(ticket)), 101, null));
    }

    /// <summary>Tokens that are nearly ACS's.</summary>
    private static IEnumerable<(string With, string Token, string Why)> WrongTokens(GuardedSystem guarded, TimeSpan tooOld)
    {
        var lifetime = TimeSpan.FromMinutes(5);
        yield return ("an expired token", guarded.Acs.Token(lifetime, age: tooOld), "SecurityTokenExpiredException");
        yield return ("a token from the future", guarded.Acs.Token(lifetime, age: -Minutes), "SecurityTokenNotYetValidException");
        yield return ("another resource's token", guarded.Acs.Token(lifetime, audience: Guid.NewGuid().ToString()), "SecurityTokenInvalidAudienceException");
        yield return ("another issuer's token", guarded.Acs.Token(lifetime, issuer: "https://evil.example"), "SecurityTokenInvalidIssuerException");
        yield return ("a token of another key", guarded.Stranger.Token(lifetime), "SecurityTokenSignatureKeyNotFoundException");
        yield return ("a forged token", GuardedSystem.Forged(guarded.Acs.Token(lifetime)), "SecurityTokenInvalidSignatureException");
        yield return ("an unsigned token", GuardedSystem.Unsigned(guarded.Acs.Token(lifetime)), "SecurityToken");
    }

    private static async Task VisitAsync(GuardedSystem guarded, params Visit[] visits)
    {
        var wrong = new List<string>();
        using var refused = new MetricCount("voicebridge.refusals");
        foreach (var visit in visits)
        {
            var (before, counted) = (guarded.Log.Lines.Count, refused.Count);
            var (status, body, headers) = await guarded.SendAsync(visit.Request);
            if (status != visit.Status) wrong.Add($"with {visit.With}: {status}, not {visit.Status}");
            if (visit.Why is not { } why) continue;
            if (refused.Count == counted) wrong.Add($"with {visit.With}: not counted");
            if (body.Length > 0) wrong.Add($"with {visit.With}: the answer says \"{body}\"");
            if (headers.Contains("WWW-Authenticate", StringComparison.OrdinalIgnoreCase)) wrong.Add($"with {visit.With}: the answer's headers say {headers}");
            var refusals = guarded.Log.Lines.Skip(before).Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).ToArray();
            if (!refusals.Any(line => line.Contains(why, StringComparison.Ordinal))) wrong.Add($"with {visit.With}: not \"{why}\" but \"{string.Join("; ", refusals)}\"");
        }

        Assert.True(wrong.Count == 0, $"{visits[0].Request.Method} {visits[0].Request.Url.AbsolutePath}\n{string.Join('\n', wrong)}");
    }

    private static async Task<MediaTicket> AnsweredAsync(GuardedSystem guarded, MediaTicket ticket)
    {
        var change = new CallChange { CorrelationId = ticket.CorrelationId, From = ticket.CallerId, To = ticket.CalledNumber, Type = ticket.Type, RangAt = ticket.IssuedAt };
        Assert.True(await guarded.System.Cluster.Calls.AdvanceAsync(ticket.CallId, CallState.Answering, change, TestContext.Current.CancellationToken));
        return ticket;
    }

    private static async Task<MediaTicket> EndedAsync(GuardedSystem guarded, MediaTicket ticket)
    {
        await AnsweredAsync(guarded, ticket);
        var change = new CallChange { EndReason = "caller_hung_up", EndedAt = DateTimeOffset.UtcNow };
        Assert.True(await guarded.System.Cluster.Calls.AdvanceAsync(ticket.CallId, CallState.Ended, change, TestContext.Current.CancellationToken));
        return ticket;
    }
}
