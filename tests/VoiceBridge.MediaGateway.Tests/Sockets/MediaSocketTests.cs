using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Sockets.Frames;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.MediaGateway.Tests.Sockets.Frames;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

/// <summary>A socket of ours and one of the framework's, or the bare bytes.</summary>
public sealed class MediaSocketTests
{
    private static readonly MessageLimits Limits = new(1_000_000, 100_000);
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_OfEverySize_AreReadByTheFramework_AndComeBack(bool isServer)
    {
        using var pair = new SocketPair(isServer: isServer, mostAhead: 1_000_000);
        var heard = new List<byte[]>();
        var pumping = new MessagePump(pair.Ours, Limits, _time).RunAsync((message, _) =>
        {
            heard.Add(message.ToArray());
            return true;
        });
        int[] sizes = [1, 2, 125, 126, 127, 1_450, 2_047, 2_048, 2_049, 65_535, 65_536, 200_000];
        foreach (var size in sizes)
        {
            var sent = new byte[size];
            Random.Shared.NextBytes(sent);
            await SendAsync(pair, OutMessage.Shared(sent, 0, WebSocketMessageType.Binary));
            var buffer = new byte[size + 1];
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await pair.Peer.ReceiveAsync(buffer.AsMemory(length), Ct);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(sent, buffer[..length]);
            await pair.Peer.SendAsync(sent.AsMemory(), WebSocketMessageType.Binary, true, Ct);
        }
        await pair.Peer.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "good bye", Ct);
        Assert.Equal(PumpEnd.Closed, await pumping);
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "good bye"), (pair.Ours.CloseStatus!.Value, pair.Ours.CloseStatusDescription));
        Assert.Equal(sizes, heard.Select(message => message.Length));

        await pair.Ours.CloseAsync(WebSocketCloseStatus.PolicyViolation);
        var end = await pair.Peer.ReceiveAsync(new byte[10].AsMemory(), Ct);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation), (end.MessageType, pair.Peer.CloseStatus!.Value));
    }

    [Fact]
    public async Task SharedBytes_AreNotMasked()
    {
        using var pair = new SocketPair(isServer: false);
        var bytes = "for everybody"u8.ToArray();
        var writer = new SocketWriter(pair.Ours, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), _time, _ => { });
        for (var i = 0; i < 3; i++)
        {
            writer.Control(OutMessage.Shared(bytes));
            var buffer = new byte[100];
            var part = await pair.Peer.ReceiveAsync(buffer.AsMemory(), Ct);
            Assert.Equal("for everybody", Encoding.UTF8.GetString(buffer, 0, part.Count));
        }
    }

    [Fact]
    public async Task Ping_IsAnswered_NotWithinAMessage_AndTheLatestOnly()
    {
        // The peer takes 20 bytes and then no more for a while.
        using var pair = new SocketPair(mostAhead: 20);
        var pumping = new MessagePump(pair.Ours, Limits, _time).RunAsync((_, _) => true);
        var sending = SendAsync(pair, OutMessage.Shared(new byte[1_000], 0, WebSocketMessageType.Binary));
        foreach (var payload in (string[])["1", "2", "3"])
        {
            await WriteAsync(pair, Wire.Frame(Opcode.Ping, Encoding.UTF8.GetBytes(payload)));
        }
        Assert.False(sending.IsCompleted);
        // Once the close has been read, the pings before it have been.
        await WriteAsync(pair, Wire.Frame(Opcode.Close));
        Assert.Equal(PumpEnd.Closed, await pumping);
        Assert.Equal((Opcode.Binary, 1_000), await ReadFrameAsync(pair));
        Assert.Equal((Opcode.Pong, 1), await ReadFrameAsync(pair));
        await sending;
        await SendAsync(pair, OutMessage.Close());
        Assert.Equal((Opcode.Close, 2), await ReadFrameAsync(pair));
    }

    [Fact]
    public async Task Violation_IsAnsweredWithItsStatus_AndTheEnd()
    {
        using var pair = new SocketPair();
        var pumping = new MessagePump(pair.Ours, Limits, _time).RunAsync((_, _) => true);
        await WriteAsync(pair, Wire.Frame(Opcode.Text, [0xFF]));
        Assert.Equal(PumpEnd.Broken, await pumping);
        await pair.Peer.ReceiveAsync(new byte[10].AsMemory(), Ct);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, pair.Peer.CloseStatus);
    }

    [Fact]
    public async Task SilentPeer_IsPinged_AndGivenUpWhenItDoesNotAnswer()
    {
        using var pair = new SocketPair(time: _time);
        var heard = 0;
        var pumping = new MessagePump(pair.Ours, Limits, _time).RunAsync((_, _) => ++heard > 0);
        for (var round = 1; round <= 3; round++)
        {
            Pass(pair, SocketPair.KeepAlive - TimeSpan.FromSeconds(1));
            await WriteAsync(pair, Wire.Frame(Opcode.Text, "x"u8));
            await Eventually.True(() => Volatile.Read(ref heard) == round, what: "the message");
            // From here on it is silent.
            Pass(pair, TimeSpan.FromSeconds(1));
            Pass(pair, SocketPair.KeepAlive);
            Assert.Equal((Opcode.Ping, 0), await ReadFrameAsync(pair));
            Assert.False(pumping.IsCompleted);
        }
        Pass(pair, SocketPair.KeepAlive);
        Assert.Equal(0, await pair.RawBack.ReadAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Frames_AreReadAndSent_WithoutAllocating()
    {
        const int Frames = 1_000;
        var received = Wire.Frame(Opcode.Text, Encoding.UTF8.GetBytes(new string('x', 1_450)));
        foreach (var isServer in (bool[])[true, false])
        {
            var bytes = isServer ? received : Wire.Frame(Opcode.Text, Encoding.UTF8.GetBytes(new string('x', 1_450)), mask: null);
            var least = long.MaxValue;
            for (var round = 0; round < 4; round++)
            {
                await using var stream = new Repeated(bytes, Frames);
                using var socket = new MediaSocket(stream, isServer, waitsEmpty: false, FrameLimits.None, SocketPair.KeepAlive, _time);
                var writer = new SocketWriter(socket, AudioLane.Complete(TimeSpan.Zero), TimeSpan.FromMinutes(1), _time, _ => { });
                var (count, begin) = (0, 0L);
                await new MessagePump(socket, Limits, TimeProvider.System).RunAsync((message, _) =>
                {
                    // Within one turn, which stays on its thread, and not the first: state machines are made then, and what counts allocations.
                    if (++count % 64 == 8)
                        begin = GC.GetAllocatedBytesForCurrentThread();
                    writer.Audio(OutMessage.Spliced(default, message, default, 20));
                    if (count > 64 && count % 64 == 56)
                        least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - begin);
                    return true;
                });
                Assert.Equal((Frames, Frames), (count, stream.Writes));
            }
            Assert.Equal(0, least);
        }
    }

    private static async Task SendAsync(SocketPair pair, OutMessage message)
    {
        var owned = message.Owned();
        await pair.Ours.SendAsync(owned);
        owned.Release();
    }

    /// <summary>Time passes, and the coarse timer looks at the socket.</summary>
    private void Pass(SocketPair pair, TimeSpan time)
    {
        _time.Advance(time);
        pair.Ours.CheckPeer();
    }

    private static async Task WriteAsync(SocketPair pair, byte[] bytes)
    {
        await pair.Raw.WriteAsync(bytes, Ct);
        await pair.Raw.FlushAsync(Ct);
    }

    private static async Task<(Opcode Opcode, int Length)> ReadFrameAsync(SocketPair pair)
    {
        var head = new byte[FrameHeader.MaxLength];
        await pair.RawBack.ReadExactlyAsync(head.AsMemory(0, 2), Ct);
        var length = (int)head[1];
        if (length == 126)
        {
            await pair.RawBack.ReadExactlyAsync(head.AsMemory(2, 2), Ct);
            length = head[2] << 8 | head[3];
        }
        await pair.RawBack.ReadExactlyAsync(new byte[length], Ct);
        return ((Opcode)(head[0] & 0x0F), length);
    }

    /// <summary>Gives the same frame so many times, one with each read.</summary>
    private sealed class Repeated(byte[] frame, int times) : MemoryStream
    {
        private int _left = times;

        public int Writes { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left-- <= 0)
                return ValueTask.FromResult(0);
            frame.CopyTo(buffer);
            return ValueTask.FromResult(frame.Length);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes++;
            return ValueTask.CompletedTask;
        }
    }
}
