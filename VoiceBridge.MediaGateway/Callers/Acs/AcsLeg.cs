using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The media socket of Azure Communication Services (Call Automation, bidirectional audio streaming).</summary>
internal sealed class AcsLeg(MediaSocket socket, int aheadMs, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    : CallerLeg(socket, AudioFormat.Pcm24k, aheadMs, options, time, onWriteFailure)
{
    private static readonly OutMessage StopAudio =
        OutMessage.Shared("{\"Kind\":\"StopAudio\",\"AudioData\":null,\"StopAudio\":{}}"u8.ToArray());

    private readonly UnescapeBuffer _scratch = new();

    private static ReadOnlySpan<byte> Prefix => "{\"Kind\":\"AudioData\",\"AudioData\":{\"Data\":\""u8;

    private static ReadOnlySpan<byte> Suffix => "\"},\"StopAudio\":null}"u8;

    public override void StopPlaying() => Writer.Interrupt(StopAudio);

    public override void Show(ReadOnlyMemory<byte> json)
    {
        // A telephone shows nothing.
    }

    public override void Close(CallEnd end) => Writer.Close();

    internal static OutMessage Splice(ReadOnlySpan<byte> base64, int milliseconds) => OutMessage.Spliced(Prefix, base64, Suffix, milliseconds);

    /// <summary>Another sample rate or number of channels than the answer to the call asked for; null when it is the right one, or none is named.</summary>
    internal static string? WrongFormat(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var expected = AudioFormat.Pcm24k.SampleRate;
        var (rate, channels) = (expected, 1);
        var members = new JsonMembers(message, scratch);
        while (members.Next())
        {
            if (!members.NameIs("audioMetadata"u8) || !members.Enter())
                continue;
            while (members.Next())
            {
                if (members.NameIs("sampleRate"u8))
                    rate = members.ReadNumber();
                else if (members.NameIs("channels"u8))
                    channels = members.ReadNumber();
            }
        }
        return rate == expected && channels == 1 ? null : $"{rate} Hz, {channels} channels";
    }

    protected override void Send(ReadOnlySpan<byte> base64, int milliseconds, long end) => Writer.Audio(Splice(base64, milliseconds));

    protected override bool Understand(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        var frame = AcsFrameReader.Read(message, _scratch);
        switch (frame.Kind)
        {
            case AcsFrameKind.Audio when frame.Data.IsEmpty:
                Sink.OnSilentFrame();
                break;
            case AcsFrameKind.Audio:
                Sink.OnAudio(frame.Data);
                break;
            case AcsFrameKind.Metadata when WrongFormat(message, _scratch) is { } format:
                Sink.OnWrongFormat(format);
                break;
            case AcsFrameKind.Dtmf when !frame.Data.IsEmpty:
                Sink.OnDtmf(Encoding.UTF8.GetString(frame.Data));
                break;
        }
        _scratch.Reset();
        return frame.Kind != AcsFrameKind.Malformed;
    }
}
