using System.Buffers.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Model;

/// <summary>Takes the caller's frames and remembers their numbers, no more: a search sends millions of them.</summary>
internal sealed class ModelSocket : IMessageSender
{
    private static ReadOnlySpan<byte> Audio => "\"audio\":\""u8;

    /// <summary>The numbers of the frames, in the order in which they came.</summary>
    public List<int> Frames { get; } = [];

    public void Abort()
    {
    }

    public void CheckPeer()
    {
    }

    public ValueTask SendAsync(in OutMessage message)
    {
        Span<byte> number = stackalloc byte[6];
        var text = message.Bytes.Span[(message.Bytes.Span.IndexOf(Audio) + Audio.Length)..];
        Base64.DecodeFromUtf8(text[..8], number, out _, out _, isFinalBlock: false);
        Frames.Add(BitConverter.ToInt32(number));
        return ValueTask.CompletedTask;
    }
}
