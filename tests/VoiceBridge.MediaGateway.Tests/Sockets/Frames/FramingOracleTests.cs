using System.Net.WebSockets;
using System.Text;
using System.Text.Unicode;
using CsCheck;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Sockets.Frames;

/// <summary>What a peer sends, right or wrong and cut anywhere, is read, answered and refused as System.Net.WebSockets does it.</summary>
public sealed class FramingOracleTests
{
    private const int MaxBytes = 1_000_000;
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(1);

    private static readonly Gen<byte[]> Text = Gen.OneOf(
        Gen.Int[0, 300].Select(length => new byte[length].Select((_, i) => (byte)('a' + i % 26)).ToArray()), Gen.String[0, 40].Select(Encoding.UTF8.GetBytes));

    private static readonly Gen<byte[]> Payload = Gen.Frequency(
        (6, Text), (2, Gen.Byte.Array[0, 130]), (1, Gen.Int[1_900, 9_000].Select(length => new byte[length])), (1, Gen.Int[65_530, 65_540].Select(length => new byte[length])));

    private static readonly Gen<byte[]> Reason = Gen.Select(
        Gen.OneOf(Gen.Int[995, 1016], Gen.Int[0, ushort.MaxValue], Gen.OneOf(1000, 1001, 3000, 4999, 5000)), Gen.OneOf(Text, Gen.Byte.Array[0, 4]),
        (status, why) => (byte[])[(byte)(status >> 8), (byte)status, .. why[..Math.Min(why.Length, 123)]]);

    private static readonly Gen<int> SizeBytes = Gen.Frequency((8, Gen.Const(0)), (1, Gen.Const(2)), (1, Gen.Const(8)));

    public static TheoryData<bool> Ends => [true, false];

    [Theory, MemberData(nameof(Ends)), Trait("Category", Fuzz.Category)]
    public void WhateverAPeerSends_IsReadAsTheFrameworkDoes(bool isServer)
    {
        Fuzz.Run(Gen.Select(Stream(isServer), Gen.Int[1, 4_000].Array[1, 6]), input =>
        {
            var (bytes, pieces) = input;
            var expected = ReadByFramework(new Scripted(bytes, pieces), isServer);
            var actual = ReadByUs(new Scripted(bytes, pieces), isServer);
            Assert.Equal(expected.Messages, actual.Messages);
            // The framework refuses a text with the fragment in which it breaks, and the gateway when it is whole: the peer may close before.
            if (RefusesText(expected.Answer, isServer))
                return;
            Assert.Equal(expected.End, actual.End);
            // A client's answers are masked.
            if (!isServer)
                return;
            // A frame without a mask is refused before the framework would have its mask.
            byte[] refused = [.. expected.Answer, .. Close(WebSocketCloseStatus.ProtocolError)];
            Assert.Equal(Convert.ToHexString(expected.End == "broken" && actual.Answer.SequenceEqual(refused) ? refused : expected.Answer), Convert.ToHexString(actual.Answer));
        });
    }

    private static bool RefusesText(ReadOnlySpan<byte> answer, bool isServer)
    {
        var close = Close(WebSocketCloseStatus.InvalidPayloadData);
        if (isServer || answer.Length < close.Length + sizeof(uint))
            return answer.EndsWith(close);
        var last = answer[^(close.Length + sizeof(uint))..];
        return last[0] == close[0] && last[1] == (0x80 | close[1]) && (last[6] ^ last[2]) == close[2] && (last[7] ^ last[3]) == close[3];
    }

    private static byte[] Close(WebSocketCloseStatus status) => [0x88, 2, (byte)((int)status >> 8), (byte)status];

    private static Gen<byte[]> Stream(bool isServer)
    {
        var mask = isServer ? Gen.UInt.Select(value => (uint?)value) : Gen.Const((uint?)null);
        var control = Gen.Select(Gen.OneOf(9, 10), Gen.Byte.Array[0, 125], mask, SizeBytes, (opcode, payload, key, size) => Wire.Frame(opcode, payload, true, key, 0, size));
        var whole = Gen.Select(Gen.OneOf(1, 2), Payload, mask, SizeBytes, (opcode, payload, key, size) => Wire.Frame(opcode, payload, true, key, 0, size));
        var fragmented = Gen.Select(Gen.OneOf(1, 2), Payload, mask, Gen.Double[0, 1].Array[1, 4], control.Array[0, 2], (opcode, payload, key, cuts, between) =>
        {
            int[] at = [0, .. cuts.Select(cut => (int)(cut * payload.Length)).Order(), payload.Length];
            return at[1..].SelectMany((end, i) => (byte[])[
                .. Wire.Frame(i == 0 ? opcode : 0, payload[at[i]..end], i == at.Length - 2, key), .. i < between.Length && i < at.Length - 2 ? between[i] : []]).ToArray();
        });
        var close = Gen.Select(Gen.OneOf(Reason, Gen.Byte.Array[0, 2]), mask, (payload, key) => Wire.Frame(8, payload, true, key));
        var wrongMask = Gen.Select(mask, Gen.Bool, (key, wrong) => !wrong ? key : key is null ? 7u : null);
        var any = Gen.Select(Gen.Int[0, 15], Gen.OneOf(Text, Gen.Byte.Array[0, 140]), Gen.Bool, wrongMask, Gen.Frequency((5, Gen.Const(0)), (1, Gen.Int[0, 7])),
            (opcode, payload, isFinal, key, reserved) => Wire.Frame(opcode, payload, isFinal, key, reserved));
        var step = Gen.Frequency((8, whole), (5, fragmented), (4, control), (1, close), (1, any), (1, Gen.Byte.Array[0, 20]));
        return Gen.Select(step.Array[0, 8], Gen.Frequency((3, Gen.Const(1.0)), (1, Gen.Double[0, 1])), (steps, kept) =>
        {
            var all = steps.SelectMany(bytes => bytes).ToArray();
            return all[..(int)(all.Length * kept)];
        });
    }

    private static Outcome ReadByFramework(Scripted stream, bool isServer)
    {
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = isServer, KeepAliveInterval = TimeSpan.Zero });
        var messages = new List<string>();
        var message = new List<byte>();
        var buffer = new byte[70_000];
        try
        {
            while (true)
            {
                var part = Now(socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None));
                if (part.MessageType == WebSocketMessageType.Close)
                    return new Outcome($"closed with {socket.CloseStatus} {socket.CloseStatusDescription}", messages, stream.Written);
                message.AddRange(buffer.AsSpan(0, part.Count));
                if (!part.EndOfMessage)
                    continue;
                // Where the last fragment is empty the framework does not see that a text ends within a character.
                if (part.MessageType == WebSocketMessageType.Text && !Utf8.IsValid(message.ToArray()))
                    return new Outcome("broken", messages, [.. stream.Written, .. Close(WebSocketCloseStatus.InvalidPayloadData)]);
                // Empty ones are nobody's message.
                if (message.Count > 0)
                    messages.Add($"{part.MessageType} {Convert.ToHexString([.. message])}");
                message.Clear();
            }
        }
        catch (WebSocketException)
        {
            return new Outcome("broken", messages, stream.Written);
        }
    }

    private static Outcome ReadByUs(Scripted stream, bool isServer)
    {
        using var socket = new MediaSocket(stream, isServer, waitsEmpty: false, FrameLimits.None, KeepAlive, TimeProvider.System);
        var messages = new List<string>();
        var pump = new MessagePump(socket, new MessageLimits(MaxBytes, int.MaxValue), TimeProvider.System);
        var end = pump.RunAsync((message, type) =>
        {
            messages.Add($"{type} {Convert.ToHexString(message)}");
            return true;
        }).GetAwaiter().GetResult();
        // Bytes that promise more than a message may hold are no more than an end to the framework, which waits for all of it.
        Assert.True(end is PumpEnd.Closed or PumpEnd.Broken or PumpEnd.TooBig, $"{end}");
        return new Outcome(end == PumpEnd.Closed ? $"closed with {socket.CloseStatus} {socket.CloseStatusDescription}" : "broken", messages, stream.Written);
    }

    private static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    private sealed record Outcome(string End, List<string> Messages, byte[] Answer);

    /// <summary>Gives its bytes in pieces, and takes what is written.</summary>
    private sealed class Scripted(byte[] bytes, int[] pieces) : MemoryStream(bytes)
    {
        private readonly List<byte> _written = [];
        private int _reads;

        public byte[] Written => [.. _written];

        public override bool CanWrite => true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, pieces[_reads++ % pieces.Length])]));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.AddRange(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
