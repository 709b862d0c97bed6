using System.Net;
using System.Net.WebSockets;
using VoiceBridge.Cluster.Trust;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Callers.Twilio;

/// <summary>Who is let in at <c>/twilio/media</c>: whom Twilio signed for, and who shows its own call's ticket, once.</summary>
public sealed class TwilioAdmissionTests
{
    [Fact]
    public async Task OnlyWhatTwilioSigned_IsUpgraded()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        var right = FakeTwilio.PathOf(gateway.Ticket("twilio"));
        (string? Signature, string Path, HttpStatusCode Expected)[] cases =
        [
            (null, right, HttpStatusCode.Forbidden),
            ("", right, HttpStatusCode.Forbidden),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", right, HttpStatusCode.Forbidden),
            (FakeTwilio.Sign("/twilio/media/other"), right, HttpStatusCode.Forbidden),
            (FakeTwilio.Sign(right), right, HttpStatusCode.SwitchingProtocols),
            (FakeTwilio.Sign("/twilio/media"), "/twilio/media", HttpStatusCode.NotFound),
        ];
        foreach (var (signature, path, expected) in cases)
        {
            await using var twilio = new FakeTwilio(TimeProvider.System);
            Assert.Equal((signature, expected), (signature, await twilio.ConnectAsync(gateway, path, signature)));
        }
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task WithoutAnAccount_ThereIsNoSuchPhone()
    {
        await using var gateway = await TestGateway.StartAsync();
        await using var twilio = new FakeTwilio(TimeProvider.System);
        Assert.Equal(HttpStatusCode.NotFound, await twilio.ConnectAsync(gateway, "/twilio/media/1", FakeTwilio.Sign("/twilio/media/1")));
    }

    [Theory]
    [InlineData("no ticket")]
    [InlineData("garbage")]
    [InlineData("of ACS")]
    [InlineData("of another address")]
    [InlineData("of another call")]
    [InlineData("expired")]
    [InlineData("used too late")]
    [InlineData("of another account")]
    [InlineData("another format")]
    [InlineData("no call")]
    [InlineData("no start")]
    [InlineData("too long a message")]
    public async Task StreamThatCannotSayWhoseItIs_IsClosed_AndNobodyIsAskedAnything(string wrong)
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        var right = gateway.Ticket("twilio");
        await using var twilio = await ConnectAsync(gateway, right);
        await (wrong switch
        {
            "no ticket" => twilio.StartAsync(right.CorrelationId, null),
            "garbage" => twilio.StartAsync(right.CorrelationId, "garbage"),
            "of ACS" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right with { Type = "acs" })),
            "of another address" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right with { CallId = "another" })),
            "of another call" => twilio.StartAsync("another", gateway.Issue(right)),
            "expired" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right with { ExpiresAt = DateTimeOffset.UtcNow.AddMinutes(-1) })),
            "used too late" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right with { IssuedAt = DateTimeOffset.UtcNow.AddMinutes(-3) })),
            "of another account" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right), account: "AC00000000000000000000000000000009"),
            "another format" => twilio.StartAsync(right.CorrelationId, gateway.Issue(right), encoding: "audio/x-l16"),
            "no call" => twilio.SendAsync("""{"event":"start","start":{"streamSid":"MZ03"}}"""),
            "no start" => SayAsync(twilio, 20),
            _ => twilio.SendAsync(new string('x', 20_000)),
        });

        await Eventually.True(() => twilio.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, twilio.CloseStatus);
        Assert.Empty(gateway.VoiceLive.Sessions);
        Assert.Empty(gateway.Agents.Made);
        await gateway.NothingIsLeftAsync();
    }

    [Fact]
    public async Task StreamThatSaysNothing_IsClosed()
    {
        await using var gateway = await TestGateway.StartAsync([("Twilio:StartMs", "200"), .. FakeTwilio.Settings]);
        await using var twilio = await ConnectAsync(gateway, gateway.Ticket("twilio"));

        await Eventually.True(() => twilio.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, twilio.CloseStatus);
    }

    [Fact]
    public async Task StreamThatHasNotSaidWhoseItIs_CountsAmongThoseThatWait()
    {
        await using var gateway = await TestGateway.StartAsync([("Media:MaxPendingUpgrades", "1"), .. FakeTwilio.Settings]);
        var ticket = gateway.Ticket("twilio");
        await using var first = await ConnectAsync(gateway, ticket);
        await using var second = new FakeTwilio(TimeProvider.System);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await second.ConnectAsync(gateway, FakeTwilio.PathOf(ticket), FakeTwilio.Sign(FakeTwilio.PathOf(ticket))));

        await first.StartAsync(ticket.CorrelationId, gateway.Issue(ticket));
        await gateway.VoiceLive.SessionAsync();
        await using var third = await gateway.CallTwilioAsync();
        await gateway.VoiceLive.SessionAsync(1);
    }

    [Fact]
    public async Task Ticket_IsUsedOnce()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        var ticket = gateway.Ticket("twilio");
        await using var first = await gateway.CallTwilioAsync(ticket);
        await gateway.VoiceLive.SessionAsync();
        await using var second = await gateway.CallTwilioAsync(ticket);

        await Eventually.True(() => second.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, second.CloseStatus);
        Assert.False(first.Over);
        // The hand-over to another gateway, or back, brings a new one.
        await using var third = await gateway.CallTwilioAsync(ticket with { IssuedAt = ticket.IssuedAt.AddSeconds(1) });
        await gateway.VoiceLive.SessionAsync(1);
        await Eventually.True(() => first.Over, what: "the end of the socket that was replaced");
    }

    [Fact]
    public async Task CallBeyondTheLimit_IsClosedInOrder_SoThatItGoesOnElsewhere()
    {
        await using var gateway = await TestGateway.StartAsync([("Gateway:MaxConnections", "1"), .. FakeTwilio.Settings]);
        await using var first = await gateway.CallTwilioAsync();
        await gateway.VoiceLive.SessionAsync();
        var ticket = gateway.Ticket("twilio");
        await using var second = await gateway.CallTwilioAsync(ticket);

        await Eventually.True(() => second.Over, what: "the close");
        Assert.Equal(WebSocketCloseStatus.NormalClosure, second.CloseStatus);
        Assert.Single(gateway.VoiceLive.Sessions);

        // Its ticket was not used up.
        await first.StopAsync();
        await gateway.NothingIsLeftAsync();
        await using var third = await gateway.CallTwilioAsync(ticket);
        await gateway.VoiceLive.SessionAsync(1);
    }

    [Fact]
    public async Task Stats_CountThePhone_WhereThereIsOne()
    {
        await using var gateway = await TestGateway.StartAsync(FakeTwilio.Settings);
        await using var twilio = await gateway.CallTwilioAsync();
        await gateway.VoiceLive.SessionAsync();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var stats = await http.GetStringAsync(new Uri(gateway.Address, "/stats"), TestContext.Current.CancellationToken);
        Assert.Contains(""""connection_types":{"acs":0,"web":0,"twilio":1}"""", stats, StringComparison.Ordinal);
        Assert.Contains(""""type":"twilio","""", stats, StringComparison.Ordinal);
    }

    private static async Task<FakeTwilio> ConnectAsync(TestGateway gateway, MediaTicket ticket)
    {
        var twilio = new FakeTwilio(TimeProvider.System);
        var path = FakeTwilio.PathOf(ticket);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await twilio.ConnectAsync(gateway, path, FakeTwilio.Sign(path)));
        await twilio.WelcomeAsync();
        return twilio;
    }

    private static async Task SayAsync(FakeTwilio twilio, int frames)
    {
        for (var i = 0; i < frames && !twilio.Over; i++)
        {
            try
            {
                await twilio.SayAsync(i);
            }
            catch (WebSocketException)
            {
                // It has been closed meanwhile.
            }
        }
    }
}
