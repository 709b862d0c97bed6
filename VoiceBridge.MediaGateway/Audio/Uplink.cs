using System.Buffers;
using System.Buffers.Text;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>
/// The caller's audio on its way to the session: spliced into its envelope and sent, and kept for a while (<see cref="HoldBuffer"/>). A session that is
/// attached hears first what was kept: all since the caller began to speak, else the last half second, and what came while there was no session.
/// </summary>
internal sealed class Uplink(AudioFormat format, TimeSpan hold)
{
    /// <summary>What a session that takes over hears of a caller who does not speak: detectors notice speech some 300 ms late. Where they have been later, as they are when
    /// nobody has processor time to spare, it is as much as that, and a little more.</summary>
    private const int QuietMs = 500;

    private const int MaxQuietMs = 3_000;
    private const int MarginMs = 200;

    /// <summary>The longest sentence that is kept until it is committed.</summary>
    private const int SpeechMs = 15_000;

    /// <summary>Speech that has stopped and is not committed by then was a noise.</summary>
    private const int CommitMs = 2_000;

    private readonly Lock _gate = new();
    private readonly HoldBuffer _held = new();
    private SocketWriter? _writer;
    private bool _speaks;
    private int _commitLeftMs;
    private int _quietMs = QuietMs;

    // What the session has been given, in milliseconds.
    private long _given;
    private long _frames;
    private long _dropped;

    /// <summary>Frames taken from the caller.</summary>
    public long Frames => Volatile.Read(ref _frames);

    /// <summary>Frames dropped because no session was there for too long.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    private static ReadOnlySpan<byte> Prefix => "{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8;

    private static ReadOnlySpan<byte> Suffix => "\"}"u8;

    /// <summary>A frame as base64 text, unescaped. On the reader's thread.</summary>
    public void Audio(ReadOnlySpan<byte> base64)
    {
        _frames++;
        var milliseconds = Base64Text.DecodedBytes(base64) / format.BytesPerMs;
        SocketWriter? writer;
        lock (_gate)
        {
            _held.Add(base64, milliseconds);
            if (_commitLeftMs > 0 && (_commitLeftMs -= milliseconds) <= 0)
                _speaks = false;
            writer = _writer;
            if (writer is not null)
            {
                _held.MarkSent();
                _given += milliseconds;
            }
            _dropped += _held.Trim(Limit);
        }
        writer?.Audio(Splice(base64, milliseconds));
    }

    /// <summary>A frame as samples, not base64. On the reader's thread.</summary>
    public void Pcm(ReadOnlySpan<byte> samples)
    {
        var text = ArrayPool<byte>.Shared.Rent(Base64.GetMaxEncodedToUtf8Length(samples.Length));
        Base64.EncodeToUtf8(samples, text, out _, out var written);
        Audio(text.AsSpan(0, written));
        ArrayPool<byte>.Shared.Return(text);
    }

    /// <summary>A frame without samples: turn detection needs the time that passes.</summary>
    public void SilentFrame() => Audio(format.SilentFrame.Span);

    /// <summary>The caller speaks, since <paramref name="startMs"/> of what the session was given; 0 where that is not known.</summary>
    public void Begins(int startMs)
    {
        lock (_gate)
        {
            (_speaks, _commitLeftMs) = (true, 0);
            if (startMs > 0)
                _quietMs = (int)Math.Clamp(_given - startMs + MarginMs, _quietMs, MaxQuietMs);
        }
    }

    /// <summary>What was said has been committed by the session.</summary>
    public void Committed()
    {
        lock (_gate)
        {
            (_speaks, _commitLeftMs) = (false, 0);
            if (_writer is not null)
                _held.Trim(Limit);
        }
    }

    /// <summary>The caller has stopped to speak; the commit follows at once, or never.</summary>
    public void Stops()
    {
        lock (_gate)
            _commitLeftMs = _speaks ? CommitMs : 0;
    }

    /// <summary>From now on audio goes to <paramref name="writer"/>, what was kept first.</summary>
    public void Attach(SocketWriter writer)
    {
        var messages = new Queue<OutMessage>();
        lock (_gate)
        {
            _writer = null;
            _held.CopyTo(messages, unsentOnly: false);
            _given = messages.Sum(message => message.AudioMs);
        }

        // Frames that come while the kept ones are being queued follow them, so that order is kept.
        while (true)
        {
            writer.AudioBatch(messages);
            lock (_gate)
            {
                if (_held.Unsent == 0)
                {
                    _writer = writer;
                    return;
                }
                _held.CopyTo(messages, unsentOnly: true);
                _given += messages.Sum(message => message.AudioMs);
            }
        }
    }

    /// <summary>Audio is only kept from now on.</summary>
    public void Detach()
    {
        lock (_gate)
            _writer = null;
    }

    /// <summary>Throws away what is kept.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _writer = null;
            _held.Clear();
        }
    }

    internal static OutMessage Splice(ReadOnlySpan<byte> base64, int milliseconds) => OutMessage.Spliced(Prefix, base64, Suffix, milliseconds);

    private int Limit => _speaks ? SpeechMs : _writer is null ? Math.Max((int)hold.TotalMilliseconds, _quietMs) : _quietMs;
}
