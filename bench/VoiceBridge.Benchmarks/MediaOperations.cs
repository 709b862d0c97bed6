using System.Text;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Callers.Twilio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.Benchmarks;

/// <summary>
/// What the gateway does with one message, without the sockets. The names are those of <c>bench/allocations.json</c>; the
/// benchmarks time them, a test holds them to their allocations.
/// </summary>
internal sealed class MediaOperations
{
    private readonly UnescapeBuffer _scratch = new();
    private readonly byte[] _callerFrame = Samples.CallerFrame(20);
    private readonly TwilioFrameReader _twilio = new(TwilioDialect.Twilio);
    private readonly TwilioMessages _twilioMessages = new("MZ00000000000000000000000000000003", TwilioDialect.Twilio);
    private readonly byte[] _twilioFrame = Samples.TwilioFrame(20);
    private readonly byte[] _twilioMark = Encoding.UTF8.GetBytes("""{"event":"mark","sequenceNumber":"4","streamSid":"MZ00000000000000000000000000000003","mark":{"name":"p14800"}}""");
    private readonly byte[] _twilioDelta = Samples.AgentDelta(60, bytesPerMs: 8);
    private readonly byte[] _silentFrame = Encoding.UTF8.GetBytes("""{"kind":"AudioData","audioData":{"data":"","timestamp":"2026-10-04T10:13:14.867Z","silent":true}}""");
    private readonly byte[] _delta = Samples.AgentDelta(20);
    private readonly byte[] _longDelta = Samples.AgentDelta(200);
    private readonly byte[] _speechStarted = Encoding.UTF8.GetBytes("""{"type":"input_audio_buffer.speech_started","event_id":"event_2","audio_start_ms":3120,"item_id":"item_U1"}""");

    public int UplinkFrame() => Uplink(_callerFrame);

    public int SilentFrame() => AcsFrameReader.Read(_silentFrame, _scratch).Data.Length;

    public int DownlinkDelta20Ms() => Downlink(_delta);

    public int DownlinkDelta200Ms() => Downlink(_longDelta);

    public int TwilioUplinkFrame()
    {
        var message = MediaGateway.Audio.Uplink.Splice(_twilio.Read(_twilioFrame, _scratch).Data, 20);
        var length = message.Bytes.Length;
        message.Release();
        _scratch.Reset();
        return length;
    }

    /// <summary>A piece of audio as it is sent at once, and the mark behind it.</summary>
    public int TwilioDownlinkDelta60Ms()
    {
        AudioDelta delta = default;
        ServerMessageReader.Read(_twilioDelta, _scratch, ref delta);
        var media = _twilioMessages.Media(delta.Audio, Base64Text.DecodedBytes(delta.Audio) / AudioFormat.MuLaw8k.BytesPerMs);
        var mark = _twilioMessages.Mark(14_800);
        var length = media.Bytes.Length + mark.Bytes.Length;
        media.Release();
        mark.Release();
        _scratch.Reset();
        return length;
    }

    public int TwilioMark() => TwilioMessages.TryReadMark(_twilio.Read(_twilioMark, _scratch).Data, out var position) ? (int)position : 0;

    /// <summary>Told apart on the reader's thread: barge-in must not wait for a JSON object.</summary>
    public int SpeechStarted()
    {
        AudioDelta delta = default;
        return (int)ServerMessageReader.Read(_speechStarted, _scratch, ref delta);
    }

    private int Uplink(byte[] frame)
    {
        var message = MediaGateway.Audio.Uplink.Splice(AcsFrameReader.Read(frame, _scratch).Data, 20);
        var length = message.Bytes.Length;
        message.Release();
        _scratch.Reset();
        return length;
    }

    private int Downlink(byte[] received)
    {
        AudioDelta delta = default;
        ServerMessageReader.Read(received, _scratch, ref delta);
        var message = AcsLeg.Splice(delta.Audio, Base64Text.DecodedBytes(delta.Audio) / AudioFormat.Pcm24k.BytesPerMs);
        var length = message.Bytes.Length;
        message.Release();
        _scratch.Reset();
        return length;
    }
}
