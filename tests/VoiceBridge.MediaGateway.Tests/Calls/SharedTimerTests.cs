using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Calls.Phone;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Calls;

/// <summary>One timer looks after all calls, on a thread whose exceptions would end the process.</summary>
public sealed class SharedTimerTests
{
    private const string CallId = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task CallThatFailsOnTheSharedTimer_EndsAlone()
    {
        await using var gateway = await TestGateway.StartAsync(("Media:FirstMessageMs", "300"));
        await using var neighbour = await gateway.CallAsync();
        await gateway.VoiceLive.SessionAsync();
        using var call = Broken(gateway);

        var end = await call.RunAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(CallEndReason.Error, end.Reason);
        // The timer still looks: it ends a socket that says nothing.
        await using var silent = new FakeCaller();
        var ticket = gateway.Ticket();
        await silent.ConnectAsync(gateway.Socket("/acs/ws", $"ticket={gateway.Issue(ticket)}"),
            ("x-ms-call-correlation-id", ticket.CorrelationId), ("x-ms-call-connection-id", "call-connection-1"));
        await Eventually.True(() => silent.Over, what: "the end of the silent socket");
        Assert.False(neighbour.Over);
        await neighbour.HangUpAsync();
        await gateway.NothingIsLeftAsync();
    }

    private static Call Broken(TestGateway gateway)
    {
        var facts = new CallFacts
        {
            CallId = CallId, CorrelationId = "broken", ConnectionId = "broken", CallerId = "+14255550100", CallerShown = "…", CalledNumber = "+18005550100",
            Type = "acs", RangAt = DateTimeOffset.UtcNow,
        };
        var connection = new Connection
        {
            ConnectionId = "broken", CallId = CallId, CorrelationId = "broken", CallerId = "+14255550100", CallerShown = "…", Type = "acs",
            ConnectedAt = DateTimeOffset.UtcNow,
        };
        var leg = new FakeLeg { Broken = new InvalidOperationException("broken") };
        return new Call(facts, connection, null, new Phone(), _ => leg, gateway.App.Services.GetRequiredService<CallServices>());
    }

    private sealed class Phone : IPhone
    {
        public Task OnStartedAsync(CallFacts facts, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> HangUpAsync(CallFacts facts, CallEnd end, CancellationToken cancellationToken) => Task.FromResult(false);

        public Task<string?> TransferAsync(CallFacts facts, string target, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task OnEndedAsync(CallFacts facts, CallEnd end, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
