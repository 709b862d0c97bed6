using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Tests.Sockets.Frames;

/// <summary>The rules of RFC 6455 for what a peer sends, one by one.</summary>
public sealed class FrameReaderTests
{
    private const int MaxBytes = 100_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(2_034)]
    [InlineData(2_048)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(MaxBytes)]
    public void Message_IsReadWhereverItIsCut(int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        byte[] bytes = [.. Wire.Frame(Opcode.Binary, payload), .. Wire.Frame(Opcode.Binary, payload)];
        foreach (var size in (int[])[1, 2, 3, 7, 125, 4_096, bytes.Length])
        {
            if (bytes.Length / size > 50_000)
                continue;
            var read = Read(bytes.Chunk(size));
            Assert.Equal([FrameKind.Message, FrameKind.Message], read.Select(frame => frame.Kind));
            Assert.All(read, frame => Assert.Equal(payload, frame.Payload));
        }
    }

    [Fact]
    public void Fragments_AreOneMessage_AndControlFramesComeBetween()
    {
        var read = Read([[
            .. Wire.Frame(Opcode.Text, "one"u8, isFinal: false), .. Wire.Frame(Opcode.Ping, "ping"u8), .. Wire.Frame(Opcode.Continuation, default, isFinal: false),
            .. Wire.Frame(Opcode.Continuation, "two"u8, isFinal: false), .. Wire.Frame(Opcode.Pong), .. Wire.Frame(Opcode.Continuation, "three"u8), .. Wire.Frame(Opcode.Binary, "four"u8),
        ]]);
        Assert.Equal(
            [FrameKind.Fragment, FrameKind.Ping, FrameKind.Fragment, FrameKind.Fragment, FrameKind.Pong, FrameKind.Message, FrameKind.Message], read.Select(frame => frame.Kind));
        Assert.Equal("ping", Encoding.UTF8.GetString(read[1].Payload));
        Assert.Equal(("onetwothree", WebSocketMessageType.Text), (Encoding.UTF8.GetString(read[5].Payload), read[5].Type));
        Assert.Equal(("four", WebSocketMessageType.Binary), (Encoding.UTF8.GetString(read[6].Payload), read[6].Type));
    }

    [Fact]
    public void CharacterThatIsCutBetweenFragments_IsWhole()
    {
        var text = "é💥"u8.ToArray();
        var read = Read([[.. text.Select((letter, i) => Wire.Frame(i == 0 ? Opcode.Text : Opcode.Continuation, [letter], i == text.Length - 1)).SelectMany(frame => frame)]]);
        Assert.Equal(text, read[^1].Payload);
    }

    public static TheoryData<string, byte[], int> Violations => new()
    {
        { "a frame that is not masked", Wire.Frame(Opcode.Text, "x"u8, mask: null), 1002 },
        { "an extension's bit", Wire.Frame(1, [1], reserved: 4), 1002 },
        { "another extension's bit", Wire.Frame(1, [1], reserved: 1), 1002 },
        { "data that does not exist", Wire.Frame(3, [1]), 1002 },
        { "control that does not exist", Wire.Frame(11, [1]), 1002 },
        { "a continuation of nothing", Wire.Frame(Opcode.Continuation, "x"u8), 1002 },
        { "a message in a message", [.. Wire.Frame(Opcode.Text, "x"u8, isFinal: false), .. Wire.Frame(Opcode.Text, "x"u8)], 1002 },
        { "a ping in fragments", Wire.Frame(Opcode.Ping, "x"u8, isFinal: false), 1002 },
        { "a close in fragments", Wire.Frame(Opcode.Close, default, isFinal: false), 1002 },
        { "a ping that is too long", Wire.Frame(Opcode.Ping, new byte[126]), 1002 },
        { "a length without end", [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1002 },
        { "a close of one byte", Wire.Frame(Opcode.Close, [3]), 1002 },
        { "a close with no status", Wire.Frame(Opcode.Close, [0x03, 0xED]), 1002 },
        { "a close with a status of nobody's", Wire.Frame(Opcode.Close, [0x00, 0x01]), 1002 },
        { "a close with a reason that is no text", Wire.Frame(Opcode.Close, [0x03, 0xE8, 0xFF]), 1002 },
        { "text that is none", Wire.Frame(Opcode.Text, [0xC3, 0x28]), 1007 },
        { "text that ends in a character", Wire.Frame(Opcode.Text, [0xC3]), 1007 },
    };

    [Theory, MemberData(nameof(Violations))]
    public void Violation_IsTheLastThatIsRead(string what, byte[] bytes, int status)
    {
        var reader = new FrameReader(isServer: true);
        reader.Receive([.. bytes, .. Wire.Frame(Opcode.Text, "after"u8)]);
        var kind = FrameKind.Fragment;
        while (kind == FrameKind.Fragment)
            kind = reader.Next(MaxBytes, out _, out _);
        Assert.Equal((what, FrameKind.Violation, (WebSocketCloseStatus)status), (what, kind, reader.Violation));
        Assert.Equal(FrameKind.Violation, reader.Next(MaxBytes, out _, out _));
    }

    [Fact]
    public void MaskedFrame_OfAServer_IsAViolation()
    {
        var reader = new FrameReader(isServer: false);
        reader.Receive([.. Wire.Frame(Opcode.Text, "x"u8, mask: null), .. Wire.Frame(Opcode.Text, "x"u8)]);
        Assert.Equal(FrameKind.Message, reader.Next(MaxBytes, out _, out _));
        Assert.Equal(FrameKind.Violation, reader.Next(MaxBytes, out _, out _));
    }

    [Theory]
    [InlineData(new byte[0], 1000, "")]
    [InlineData(new byte[] { 0x03, 0xE8 }, 1000, "")]
    [InlineData(new byte[] { 0x0B, 0xB8, (byte)'o', (byte)'k' }, 3000, "ok")]
    public void Close_TellsWhy_AndIsTheLastThatIsRead(byte[] payload, int status, string why)
    {
        var reader = new FrameReader(isServer: true);
        reader.Receive([.. Wire.Frame(Opcode.Close, payload), .. Wire.Frame(Opcode.Text, "after"u8)]);
        Assert.Equal(FrameKind.Close, reader.Next(MaxBytes, out _, out _));
        Assert.Equal(((WebSocketCloseStatus)status, why), (reader.CloseStatus!.Value, reader.CloseStatusDescription));
        Assert.Equal(FrameKind.Close, reader.Next(MaxBytes, out _, out _));
    }

    [Fact]
    public void MessageBeyondItsLimit_IsRefusedByItsHeader_HoweverItIsCut()
    {
        var reader = new FrameReader(isServer: true);
        reader.Receive([0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
        Assert.Equal(FrameKind.TooBig, reader.Next(int.MaxValue, out _, out _));
        reader = new FrameReader(isServer: true);
        reader.Receive([.. Wire.Frame(Opcode.Binary, new byte[60], isFinal: false), .. Wire.Frame(Opcode.Continuation, new byte[41])[..8]]);
        Assert.Equal(FrameKind.Fragment, reader.Next(100, out _, out _));
        Assert.Equal(FrameKind.TooBig, reader.Next(100, out _, out _));
    }

    [Fact]
    public void HeaderThatPromisesMuch_TakesNoMoreMemory_ThanWhatComes()
    {
        var reader = new FrameReader(isServer: true);
        reader.Receive([0x82, 0xFF, 0, 0, 0, 0, 0x00, 0x40, 0, 0, 0, 0, 0, 0]);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(FrameKind.Incomplete, reader.Next(int.MaxValue, out _, out _));
            Assert.InRange(reader.Room().Length, 1, 2_048);
            reader.Received(1);
        }
    }

    private static List<(FrameKind Kind, byte[] Payload, WebSocketMessageType Type)> Read(IEnumerable<byte[]> pieces)
    {
        var reader = new FrameReader(isServer: true);
        var read = new List<(FrameKind, byte[], WebSocketMessageType)>();
        foreach (var piece in pieces)
        {
            for (ReadOnlySpan<byte> left = piece; !left.IsEmpty;)
            {
                var room = reader.Room().Span;
                var taken = Math.Min(room.Length, left.Length);
                left[..taken].CopyTo(room);
                reader.Received(taken);
                left = left[taken..];
                while (reader.Next(MaxBytes, out var payload, out var type) is var kind and not FrameKind.Incomplete)
                    read.Add((kind, kind == FrameKind.Fragment ? [] : payload.ToArray(), type));
            }
        }
        reader.Rest();
        return read;
    }
}
