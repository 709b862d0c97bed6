using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>The media socket of a Twilio call (bidirectional Media Streams). Each piece of audio is followed by a mark, which comes back when it has been played. Marks
/// that a <c>clear</c> brings back all at once are told by their positions from those of what follows.</summary>
internal sealed class TwilioLeg(
    MediaSocket socket, string streamId, TwilioDialect names, int aheadMs, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    : CallerLeg(socket, AudioFormat.MuLaw8k, aheadMs, options, time, onWriteFailure)
{
    private readonly TwilioFrameReader _reader = new(names);
    private readonly TwilioMessages _messages = new(streamId, names);
    private readonly UnescapeBuffer _scratch = new();

    public override void StopPlaying() => Writer.Interrupt(_messages.Clear);

    public override void Show(ReadOnlyMemory<byte> json)
    {
        // A telephone shows nothing.
    }

    /// <summary>A stream that is closed in order has Twilio go on with what the answer to the call says next: another gateway, a transfer, the hang-up.</summary>
    public override void Close(CallEnd end) => Writer.Close();

    protected override void Send(ReadOnlySpan<byte> base64, int milliseconds, long end)
    {
        Writer.Audio(_messages.Media(base64, milliseconds));
        Writer.Audio(_messages.Mark(end));
    }

    protected override bool Understand(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        if (type != WebSocketMessageType.Text)
            return false;
        var frame = _reader.Read(message, _scratch);
        switch (frame.Kind)
        {
            case TwilioFrameKind.Media when frame.Data.IsEmpty:
                Sink.OnSilentFrame();
                break;
            case TwilioFrameKind.Media:
                Sink.OnAudio(frame.Data);
                break;
            case TwilioFrameKind.Mark when TwilioMessages.TryReadMark(frame.Data, out var position):
                Sink.OnPlayed(position);
                break;
            case TwilioFrameKind.Dtmf when !frame.Data.IsEmpty:
                Sink.OnDtmf(Encoding.UTF8.GetString(frame.Data));
                break;
            case TwilioFrameKind.Stop:
                IsOver = true;
                break;
        }
        _scratch.Reset();
        return frame.Kind != TwilioFrameKind.Malformed;
    }
}
