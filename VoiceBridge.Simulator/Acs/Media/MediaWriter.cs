using System.Buffers.Text;
using System.Text;
using VoiceBridge.Simulator.Audio;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>
/// Writes the messages of the media socket, one at a time, into one buffer that it keeps:
/// <c>{"kind":"AudioData","audioData":{"data":"...","timestamp":"...","silent":false}}</c>.
/// </summary>
internal sealed class MediaWriter(AcsBehaviour behaviour, string? participant)
{
    private readonly byte[] _message = new byte[4096];
    private readonly byte[]? _participant = participant is null ? null : Encoding.UTF8.GetBytes($",\"participantRawID\":\"{participant}\"");

    internal static byte[] Metadata(string subscriptionId, int rate) => Encoding.UTF8.GetBytes(
        $$$"""{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"{{{subscriptionId}}}","encoding":"PCM","sampleRate":{{{rate}}},"channels":1,"length":{{{Pcm.SamplesPerFrame(rate) * 2}}}}}""");

    internal static byte[] Dtmf(char tone) => Encoding.UTF8.GetBytes($$$"""{"kind":"DtmfData","dtmfData":{"data":"{{{tone}}}"}}""");

    /// <summary>Something that no reader knows yet.</summary>
    internal static byte[] Unknown { get; } = """{"kind":"WeatherData","weatherData":{"sky":["blue",{"clouds":0}]}}"""u8.ToArray();

    /// <summary>The message for one frame; valid until the next one.</summary>
    internal ReadOnlySpan<byte> Audio(ReadOnlySpan<short> frame, bool silent, DateTimeOffset now)
    {
        var at = 0;
        Put("{\"kind\":\"AudioData\",\"audioData\":{\"data\":\""u8, ref at);
        if (!(silent && behaviour.EmptySilence))
        {
            Base64.EncodeToUtf8(Pcm.Bytes(frame), _message.AsSpan(at), out _, out var written);
            at += behaviour.EscapedBase64 ? Escape(at, written) : written;
        }
        Put("\",\"timestamp\":\""u8, ref at);
        now.UtcDateTime.TryFormat(_message.AsSpan(at), out var stamp, "yyyy-MM-ddTHH:mm:ss.fffZ");
        at += stamp;
        Put("\""u8, ref at);
        if (_participant is not null) Put(_participant, ref at);
        if (behaviour.UnknownMessages) Put(",\"loudness\":{\"unit\":\"dB\"}"u8, ref at);
        Put(silent ? ",\"silent\":true}}"u8 : ",\"silent\":false}}"u8, ref at);
        return _message.AsSpan(0, at);
    }

    private void Put(ReadOnlySpan<byte> text, ref int at)
    {
        text.CopyTo(_message.AsSpan(at));
        at += text.Length;
    }

    private int Escape(int from, int length)
    {
        // Both shapes that JSON allows: \u002B for the plus, \/ for the slash.
        var plain = Encoding.UTF8.GetString(_message, from, length);
        return Encoding.UTF8.GetBytes(plain.Replace("+", "\\u002B", StringComparison.Ordinal).Replace("/", "\\/", StringComparison.Ordinal), _message.AsSpan(from));
    }
}
