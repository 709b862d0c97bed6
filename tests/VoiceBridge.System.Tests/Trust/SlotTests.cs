using System.Net.WebSockets;
using System.Text.Json;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Trust;

/// <summary>Somebody with one valid ticket wants the whole gateway. What counts is whether others get in.</summary>
public sealed class SlotTests(RedisServers servers)
{
    private const int Slots = 10;
    private const int Openers = 40;
    private const int Others = Slots - 1;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_talk_ticket_takes_one_slot_however_many_sockets_it_opens()
    {
        await using var guarded = await GuardedSystem.StartAsync(servers, ("Gateway:MaxConnections", $"{Slots}"));
        var ticket = guarded.Issue(GuardedSystem.Ticket("web"));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var opened = 0;
        var openers = Enumerable.Range(0, Openers).Select(_ => OpenAsync(guarded, ticket, () => Interlocked.Increment(ref opened), over.Token)).ToArray();
        await Eventually.True(() => Volatile.Read(ref opened) > 0, Systems.Deadline, "the first socket of the ticket");

        // All the other slots, one after the other, while forty keep opening.
        var sockets = new List<ClientWebSocket>();
        for (var i = 0; i < Others; i++)
        {
            Assert.Equal(200, (await guarded.SendAsync(new("GET", new Uri(guarded.Gateway, "/ready")))).Status);
            sockets.Add(await guarded.ConnectAsync());
            Assert.InRange(await ActiveAsync(guarded), sockets.Count, sockets.Count + 1);
        }

        var before = Volatile.Read(ref opened);
        await Eventually.True(() => Volatile.Read(ref opened) > before + Openers, Systems.Deadline, "more sockets of the ticket");
        Assert.InRange(await ActiveAsync(guarded), Others, Slots);
        await over.CancelAsync();
        await Task.WhenAll(openers);
        foreach (var socket in sockets)
        {
            Assert.Equal(WebSocketState.Open, socket.State);
            socket.Dispose();
        }
    }

    private static async Task<int> ActiveAsync(GuardedSystem guarded) =>
        JsonElement.Parse((await guarded.SendAsync(new("GET", new Uri(guarded.Gateway, "/health")))).Body).GetProperty("active_connections").GetInt32();

    /// <summary>Opens a socket, keeps it until it is ended, and opens the next.</summary>
    private static async Task OpenAsync(GuardedSystem guarded, string ticket, Action onOpened, CancellationToken until)
    {
        var address = new UriBuilder(guarded.Gateway) { Scheme = "ws", Path = "/web/ws", Query = $"ticket={ticket}" }.Uri;
        var buffer = new byte[4_096];
        while (!until.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            socket.Options.SetRequestHeader("Origin", GuardedSystem.Origin);
            try
            {
                await socket.ConnectAsync(address, until);
                onOpened();
                while ((await socket.ReceiveAsync(buffer, until)).MessageType != WebSocketMessageType.Close)
                {
                    // What the agent says.
                }
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                // Refused, or ended.
            }
        }
    }
}
