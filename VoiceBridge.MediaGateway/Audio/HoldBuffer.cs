using System.Buffers;
using System.Buffers.Binary;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>
/// The caller's latest frames, whether a session has them or not: the session that takes over from a lost one hears them first. They lie in pooled blocks one
/// after the other; a frame is one copy and no allocation. A block that is empty is used again here: all calls together would rent and return more at once than
/// the pool keeps. Not thread-safe.
/// </summary>
internal sealed class HoldBuffer
{
    private const int BlockBytes = 8 * 1024;
    private const int HeaderBytes = 2 * sizeof(int);

    private readonly Queue<(byte[] Bytes, int Used)> _full = new();
    private byte[]? _last;
    private byte[]? _spare;
    private int _lastUsed;
    private int _begin;
    private int _frames;

    /// <summary>The playing time of what is held, in milliseconds.</summary>
    public int HeldMs { get; private set; }

    /// <summary>How many of the frames, the latest, no session has been sent.</summary>
    public int Unsent { get; private set; }

    public void Add(ReadOnlySpan<byte> base64, int milliseconds)
    {
        var needed = HeaderBytes + base64.Length;
        if (_last is null || _lastUsed + needed > _last.Length)
        {
            if (_last is not null)
                _full.Enqueue((_last, _lastUsed));
            (_last, _spare) = _spare?.Length >= needed ? (_spare, null) : (ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, needed)), _spare);
            _lastUsed = 0;
        }
        var room = _last.AsSpan(_lastUsed);
        BinaryPrimitives.WriteInt32LittleEndian(room, base64.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room[sizeof(int)..], milliseconds);
        base64.CopyTo(room[HeaderBytes..]);
        _lastUsed += needed;
        _frames++;
        Unsent++;
        HeldMs += milliseconds;
    }

    /// <summary>Forgets the oldest frames until no more than <paramref name="milliseconds"/> are held; how many of them no session was ever sent.</summary>
    public int Trim(int milliseconds)
    {
        var lost = 0;
        while (_frames > 0 && HeldMs > milliseconds)
        {
            var (bytes, used) = _full.Count > 0 ? _full.Peek() : (_last!, _lastUsed);
            HeldMs -= MillisecondsAt(bytes, _begin);
            _begin += HeaderBytes + LengthAt(bytes, _begin);
            if (Unsent == _frames--)
            {
                Unsent--;
                lost++;
            }
            if (_begin == used)
                DropFirstBlock();
        }
        return lost;
    }

    /// <summary>A frame was sent to the session as it came.</summary>
    public void MarkSent() => Unsent = 0;

    /// <summary>Copies what is held, or only what no session was sent, as messages for a session, which counts as sent from now on.</summary>
    public void CopyTo(Queue<OutMessage> messages, bool unsentOnly)
    {
        var skip = unsentOnly ? _frames - Unsent : 0;
        var at = _begin;
        foreach (var (bytes, used) in _full)
        {
            Copy(bytes, used, at, ref skip, messages);
            at = 0;
        }
        if (_last is not null)
            Copy(_last, _lastUsed, at, ref skip, messages);
        Unsent = 0;
    }

    public void Clear()
    {
        Trim(-1);
        if (_last is not null)
            ArrayPool<byte>.Shared.Return(_last);
        if (_spare is not null)
            ArrayPool<byte>.Shared.Return(_spare);
        _last = _spare = null;
        _lastUsed = _begin = 0;
    }

    private static void Copy(byte[] bytes, int used, int at, ref int skip, Queue<OutMessage> messages)
    {
        while (at < used)
        {
            var length = LengthAt(bytes, at);
            if (skip > 0)
                skip--;
            else
                messages.Enqueue(Uplink.Splice(bytes.AsSpan(at + HeaderBytes, length), MillisecondsAt(bytes, at)));
            at += HeaderBytes + length;
        }
    }

    private static int LengthAt(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));

    private static int MillisecondsAt(byte[] bytes, int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + sizeof(int)));

    private void DropFirstBlock()
    {
        _begin = 0;
        if (!_full.TryDequeue(out var first))
            _lastUsed = 0;
        else if (_spare is null)
            _spare = first.Bytes;
        else
            ArrayPool<byte>.Shared.Return(first.Bytes);
    }
}
