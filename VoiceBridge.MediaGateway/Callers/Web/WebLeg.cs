using System.Buffers;
using System.Buffers.Text;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Web;

/// <summary>
/// A browser's socket: binary messages are PCM16, 24 kHz, mono, both ways; text messages are JSON events.
/// To the browser: <c>stop_audio</c> (throw away what is not played), <c>ended</c> (with its reason), and what the agent shows.
/// From the browser: <c>dtmf</c> (with its tone), <c>interrupt</c>, <c>hangup</c>.
/// </summary>
internal sealed class WebLeg(MediaSocket socket, int aheadMs, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    : CallerLeg(socket, AudioFormat.Pcm24k, aheadMs, options, time, onWriteFailure)
{
    private const int MaxToneLength = 16;

    private readonly UnescapeBuffer _scratch = new();

    private static readonly OutMessage StopAudio = OutMessage.Shared("{\"type\":\"stop_audio\"}"u8.ToArray());

    public override void StopPlaying() => Writer.Interrupt(StopAudio);

    public override void Show(ReadOnlyMemory<byte> json) => Writer.Control(OutMessage.Shared(json));

    public override void Close(CallEnd end)
    {
        var json = new ArrayBufferWriter<byte>(64);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "ended");
            writer.WriteString("reason", end.Code);
            writer.WriteEndObject();
        }
        Show(json.WrittenMemory);
        Writer.Close();
    }

    protected override void Send(ReadOnlySpan<byte> base64, int milliseconds, long end)
    {
        var buffer = OutMessage.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        if (Base64.DecodeFromUtf8(base64, buffer.AsSpan(OutMessage.HeaderRoom), out _, out var written) == OperationStatus.Done)
            Writer.Audio(OutMessage.Rented(buffer, written, milliseconds, WebSocketMessageType.Binary));
        else
            ArrayPool<byte>.Shared.Return(buffer);
    }

    protected override bool Understand(ReadOnlySpan<byte> message, WebSocketMessageType type) =>
        type == WebSocketMessageType.Binary ? OnSamples(message) : OnEvent(message);

    private bool OnSamples(ReadOnlySpan<byte> samples)
    {
        if ((samples.Length & 1) != 0)
            return false;
        if (samples.IsEmpty)
            Sink.OnSilentFrame();
        else
            Sink.OnPcm(samples);
        return true;
    }

    private bool OnEvent(ReadOnlySpan<byte> json)
    {
        var members = new JsonMembers(json, _scratch);
        string? type = null;
        string? tone = null;
        while (members.Next())
        {
            if (members.Name.SequenceEqual("type"u8))
                type = Encoding.UTF8.GetString(members.ReadText());
            else if (members.Name.SequenceEqual("tone"u8))
                tone = Encoding.UTF8.GetString(members.ReadText());
        }
        var isEvent = members.IsWhole() && !string.IsNullOrEmpty(type);
        _scratch.Reset();
        if (!isEvent)
            return false;
        if (type == "dtmf" && tone is { Length: > 0 and <= MaxToneLength })
            Sink.OnDtmf(tone);
        else if (type == "interrupt")
            Sink.OnInterrupt();
        else if (type == "hangup")
            Sink.OnHangup();
        return true;
    }
}
