using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class FrameLimitsTests
{
    private const byte Ping = 0x89;
    private const byte Text = 0x81;
    private const int Plenty = 1_000_000;
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Pings_BeyondTheirLimit_EndThePump()
    {
        using var pair = Pair(Plenty, controlFramesPerSecond: 20);
        var pumping = Pump(pair);
        for (var i = 0; i < 100; i++)
            await WriteAsync(pair, Frame(Ping, 0));
        Assert.Equal(PumpEnd.TooMany, await pumping);
    }

    [Fact]
    public async Task Pings_WithinTheirLimit_AreAnswered()
    {
        using var pair = Pair(Plenty, controlFramesPerSecond: 20);
        var received = 0;
        var pumping = Pump(pair, () => received++);
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < 90; i++)
                await WriteAsync(pair, Frame(Ping, 3));
            // Once this has come the pings before it have been counted.
            await WriteAsync(pair, Frame(Text, 5));
            await Eventually.True(() => Volatile.Read(ref received) == round + 1, what: "the message after the pings");
            _time.Advance(TimeSpan.FromSeconds(6));
        }
        Assert.False(pumping.IsCompleted);
    }

    [Fact]
    public async Task Bytes_BeyondTheirLimit_EndThePump()
    {
        using var pair = Pair(bytesPerSecond: 10_000, controlFramesPerSecond: 20);
        var pumping = Pump(pair);
        for (var i = 0; i < 60 && !pumping.IsCompleted; i++)
            await WriteAsync(pair, Frame(Text, 1_000));
        Assert.Equal(PumpEnd.TooMany, await pumping);
    }

    private SocketPair Pair(int bytesPerSecond, int controlFramesPerSecond) =>
        new(new FrameLimits(bytesPerSecond, controlFramesPerSecond), _time);

    private Task<PumpEnd> Pump(SocketPair pair, Action? onMessage = null) =>
        new MessagePump(pair.Ours, new MessageLimits(Plenty, 500), _time).RunAsync((_, _) =>
        {
            onMessage?.Invoke();
            return true;
        });

    private static async Task WriteAsync(SocketPair pair, byte[] bytes)
    {
        await pair.Raw.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await pair.Raw.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A frame as a client sends it, masked with zeros. Its payload is made of bytes that could begin a control frame.</summary>
    private static byte[] Frame(byte opcode, int length)
    {
        byte[] size = length switch
        {
            < 126 => [(byte)(0x80 | length)],
            <= ushort.MaxValue => [0x80 | 126, (byte)(length >> 8), (byte)length],
            _ => [0x80 | 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length],
        };
        return [opcode, .. size, 0, 0, 0, 0, .. Enumerable.Repeat((byte)'x', length)];
    }
}
