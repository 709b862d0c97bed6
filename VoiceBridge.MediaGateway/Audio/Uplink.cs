using System.Buffers;
using System.Buffers.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>The caller's audio on its way to Voice Live: spliced into prepared envelopes, held for a while when no session can take it.</summary>
internal sealed class Uplink(TimeSpan hold)
{
    private static readonly OutMessage Silence = OutMessage.Shared(
        (byte[])[.. Prefix, .. Base64Text.SilentFrame.Span, .. Suffix], audioMs: 20);

    private readonly Lock _gate = new();
    private readonly Queue<OutMessage> _held = new();
    private volatile SocketWriter? _writer;
    private int _heldMs;
    private long _frames;
    private long _dropped;

    /// <summary>Frames taken from the caller.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Frames dropped because no session was there for too long.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    private static ReadOnlySpan<byte> Prefix => "{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8;

    private static ReadOnlySpan<byte> Suffix => "\"}"u8;

    /// <summary>A frame as base64 text, unescaped. On the reader's thread.</summary>
    public void Audio(ReadOnlySpan<byte> base64) => Post(Splice(base64));

    /// <summary>A frame as PCM16 samples. On the reader's thread.</summary>
    public void Pcm(ReadOnlySpan<byte> samples)
    {
        var text = Base64.GetMaxEncodedToUtf8Length(samples.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(Prefix.Length + text + Suffix.Length);
        Prefix.CopyTo(buffer);
        Base64.EncodeToUtf8(samples, buffer.AsSpan(Prefix.Length), out _, out var written);
        Suffix.CopyTo(buffer.AsSpan(Prefix.Length + written));
        Post(OutMessage.Rented(buffer, Prefix.Length + written + Suffix.Length, samples.Length / Base64Text.BytesPerMs));
    }

    /// <summary>A frame without samples: turn detection needs the time that passes.</summary>
    public void SilentFrame() => Post(Silence);

    /// <summary>From now on audio goes to <paramref name="writer"/>, what was held first.</summary>
    public void Attach(SocketWriter writer)
    {
        Queue<OutMessage> held;
        lock (_gate)
        {
            held = new Queue<OutMessage>(_held);
            _held.Clear();
            _heldMs = 0;
            if (held.Count == 0)
                _writer = writer;
        }

        // Frames that come while the held ones are being queued are held too, so that order is kept.
        while (held.Count > 0)
        {
            writer.AudioBatch(held);
            lock (_gate)
            {
                while (_held.TryDequeue(out var message))
                    held.Enqueue(message);
                _heldMs = 0;
                if (held.Count == 0)
                    _writer = writer;
            }
        }
    }

    /// <summary>Audio is held from now on.</summary>
    public void Detach()
    {
        lock (_gate)
            _writer = null;
    }

    /// <summary>Throws away what is held.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _writer = null;
            while (_held.TryDequeue(out var message))
                message.Release();
            _heldMs = 0;
        }
    }

    internal static OutMessage Splice(ReadOnlySpan<byte> base64) =>
        OutMessage.Spliced(Prefix, base64, Suffix, Base64Text.DecodedBytes(base64) / Base64Text.BytesPerMs);

    private void Post(in OutMessage message)
    {
        _frames++;
        if (_writer is { } writer)
        {
            writer.Audio(message);
            return;
        }
        lock (_gate)
        {
            writer = _writer;
            if (writer is null)
            {
                _held.Enqueue(message);
                _heldMs += message.AudioMs;
                while (_heldMs > hold.TotalMilliseconds && _held.TryDequeue(out var oldest))
                {
                    _heldMs -= oldest.AudioMs;
                    oldest.Release();
                    _dropped++;
                }
                return;
            }
        }
        writer.Audio(message);
    }
}
