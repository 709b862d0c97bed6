using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Fakes;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class MessagePumpTests
{
    private const int MaxBytes = 20_000;

    [Fact]
    public async Task Message_ArrivesWhole_FragmentedAtEveryPosition()
    {
        using var pair = new SocketPair();
        var message = "{\"kind\":\"AudioData\",\"audioData\":{\"data\":\"QUJDRA==\",\"silent\":false}}"u8.ToArray();
        var received = new List<string>();
        var pumping = Pump(pair, received);
        for (var cut = 0; cut <= message.Length; cut++)
        {
            await Send(pair, message.AsMemory(0, cut), end: false);
            await Send(pair, message.AsMemory(cut), end: true);
        }
        await Close(pair);

        Assert.Equal(PumpEnd.Closed, await pumping);
        Assert.Equal(Enumerable.Repeat(Encoding.UTF8.GetString(message), message.Length + 1), received);
    }

    [Fact]
    public async Task EmptyMessages_AreSkipped_AndOthersStayWhole()
    {
        using var pair = new SocketPair();
        var received = new List<string>();
        var pumping = Pump(pair, received);
        await Send(pair, default, end: true);
        await Send(pair, "one"u8.ToArray(), end: true);
        await Send(pair, default, end: true);
        await Send(pair, default, end: false);
        await Send(pair, "two"u8.ToArray(), end: true);
        await Close(pair);
        Assert.Equal(PumpEnd.Closed, await pumping);
        Assert.Equal(["one", "two"], received);
    }

    [Theory]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(MaxBytes)]
    public async Task LongMessage_IsTakenUpToTheLimit(int length)
    {
        using var pair = new SocketPair();
        var received = new List<string>();
        var pumping = Pump(pair, received);
        await Send(pair, Encoding.ASCII.GetBytes(new string('x', length)), end: true);
        await Close(pair);
        Assert.Equal(PumpEnd.Closed, await pumping);
        Assert.Equal(length, Assert.Single(received).Length);
    }

    [Fact]
    public async Task MessageBeyondTheLimit_EndsThePump_HoweverItIsCut()
    {
        using var pair = new SocketPair();
        var pumping = Pump(pair, []);
        for (var i = 0; i < 3 && !pumping.IsCompleted; i++)
            await Send(pair, new byte[MaxBytes / 2], end: false);
        Assert.Equal(PumpEnd.TooBig, await pumping);
    }

    [Theory]
    [InlineData("x", true)]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData("x", false)]
    public async Task TooManyReceives_EndThePump_MessagesAndFragments(string text, bool endOfMessage)
    {
        using var pair = new SocketPair();
        var pumping = Pump(pair, []);
        for (var i = 0; i < 3_000 && !pumping.IsCompleted; i++)
            await Send(pair, Encoding.UTF8.GetBytes(text), endOfMessage);
        Assert.Equal(PumpEnd.TooMany, await pumping);
    }

    [Fact]
    public async Task Flood_LeavesTheThreadThatItCameOn_ForOthers()
    {
        using var pair = new SocketPair();
        var threads = new List<int>();
        var onPool = new List<bool>();
        var pump = new MessagePump(pair.Ours, new MessageLimits(MaxBytes, 500), new FakeTimeProvider());
        // All of it is there before anything is read, so that no read ever waits.
        for (var i = 0; i < 200; i++)
            await Send(pair, "x"u8.ToArray(), end: true);
        Task<PumpEnd>? pumping = null;
        var socketThread = new Thread(() => pumping = pump.RunAsync((_, _) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            onPool.Add(Thread.CurrentThread.IsThreadPoolThread);
            return threads.Count < 200;
        }));
        socketThread.Start();
        socketThread.Join();

        Assert.Equal(PumpEnd.Stopped, await pumping!);
        Assert.InRange(threads.Count(thread => thread == socketThread.ManagedThreadId), 1, 64);
        Assert.True(onPool[^1]);
    }

    [Fact]
    public async Task HandlerThatWantsNoMore_EndsThePump()
    {
        using var pair = new SocketPair();
        var pump = new MessagePump(pair.Ours, new MessageLimits(MaxBytes, 500), TimeProvider.System);
        var pumping = pump.RunAsync((_, _) => false);
        await Send(pair, "x"u8.ToArray(), end: true);
        Assert.Equal(PumpEnd.Stopped, await pumping);
    }

    [Fact]
    public async Task BrokenConnection_IsAnEnd_NotAnException()
    {
        using var pair = new SocketPair();
        var pumping = Pump(pair, []);
        await pair.Raw.DisposeAsync();
        Assert.Equal(PumpEnd.Broken, await pumping);
    }

    private static Task<PumpEnd> Pump(SocketPair pair, List<string> received)
    {
        // Time stands still, so that only the count of messages counts.
        var pump = new MessagePump(pair.Ours, new MessageLimits(MaxBytes, 500), new FakeTimeProvider());
        return pump.RunAsync((message, _) =>
        {
            received.Add(Encoding.UTF8.GetString(message));
            return true;
        });
    }

    private static ValueTask Send(SocketPair pair, ReadOnlyMemory<byte> bytes, bool end) =>
        pair.Peer.SendAsync(bytes, WebSocketMessageType.Text, end, TestContext.Current.CancellationToken);

    private static Task Close(SocketPair pair) =>
        pair.Peer.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
}
