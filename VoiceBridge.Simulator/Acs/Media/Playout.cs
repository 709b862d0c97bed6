using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>
/// What ACS has received and not yet played: drains in real time, is emptied by <c>StopAudio</c>. Watches the marks of what comes
/// in, to notice audio of an item that was stopped already.
/// </summary>
internal sealed class Playout(int rate, TimeProvider time) : MarkReader.ISink
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private readonly Lock _gate = new();
    private readonly MarkReader _arriving = new();
    private readonly List<PlayoutStop> _stops = [];
    private short[] _ring = new short[rate];
    private int _start;
    private int _count;
    private long _received;
    private long _played;
    private long _refused;
    private long _stale;
    private int _item;
    private int _stoppedItem;
    private bool _released;

    internal long ReceivedSamples => Interlocked.Read(ref _received);

    internal long PlayedSamples => Interlocked.Read(ref _played);

    /// <summary>Audio that came after the <c>StopAudio</c> that was meant for it.</summary>
    internal long StaleSamples => Interlocked.Read(ref _stale);

    /// <summary>Called with mark and number of each measured frame that arrives.</summary>
    internal Action<ushort, ushort>? OnProbe { get; set; }

    /// <summary>Audio that did not fit into five minutes.</summary>
    internal long RefusedSamples => Interlocked.Read(ref _refused);

    internal double QueuedMilliseconds
    {
        get
        {
            lock (_gate) return Pcm.Milliseconds(_count, rate);
        }
    }

    internal IReadOnlyList<PlayoutStop> Stops
    {
        get
        {
            lock (_gate) return [.. _stops];
        }
    }

    internal void Enqueue(ReadOnlySpan<short> samples)
    {
        lock (_gate)
        {
            if (_released) return;
            _received += samples.Length;
            _arriving.Read(samples, this);
            if (_stoppedItem != 0 && _item == _stoppedItem) _stale += samples.Length;
            if (_count + samples.Length > Longest.TotalSeconds * rate)
            {
                _refused += samples.Length;
                return;
            }
            Grow(_count + samples.Length);
            var end = (_start + _count) % _ring.Length;
            var first = Math.Min(samples.Length, _ring.Length - end);
            samples[..first].CopyTo(_ring.AsSpan(end));
            samples[first..].CopyTo(_ring);
            _count += samples.Length;
        }
    }

    /// <summary>Plays the next frame. False, and silence, when there is nothing to play.</summary>
    internal bool Play(Span<short> frame)
    {
        lock (_gate)
        {
            if (_released)
            {
                frame.Clear();
                return false;
            }
            var length = Math.Min(frame.Length, _count);
            var first = Math.Min(length, _ring.Length - _start);
            _ring.AsSpan(_start, first).CopyTo(frame);
            _ring.AsSpan(0, length - first).CopyTo(frame[first..]);
            frame[length..].Clear();
            _start = (_start + length) % _ring.Length;
            _count -= length;
            _played += length;
            return length > 0;
        }
    }

    /// <summary><c>StopAudio</c>: whatever is not played yet never will be.</summary>
    internal PlayoutStop Stop()
    {
        lock (_gate)
        {
            var stop = new PlayoutStop(time.GetUtcNow(), Pcm.Milliseconds(_count, rate), Pcm.Milliseconds(_played, rate));
            _stops.Add(stop);
            _stoppedItem = _item;
            _start = _count = 0;
            return stop;
        }
    }

    /// <summary>How many samples will have been played when all that has come so far has been.</summary>
    internal long PlayedAtEnd
    {
        get
        {
            lock (_gate) return _played + _count;
        }
    }

    /// <summary>What is not played yet never will be, though nobody has asked for that.</summary>
    internal void Drop()
    {
        lock (_gate) _start = _count = 0;
    }

    /// <summary>The call is over: the memory is given back, the figures stay.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            _released = true;
            _ring = [];
            _count = 0;
        }
    }

    void MarkReader.ISink.OnMark(MarkKind kind, uint payload)
    {
        if (kind == MarkKind.Agent) _item = (ushort)payload;
        else if (kind == MarkKind.Probe) OnProbe?.Invoke((ushort)(payload >> 16), (ushort)payload);
    }

    private void Grow(int needed)
    {
        if (needed <= _ring.Length) return;
        var larger = new short[Math.Max(needed, _ring.Length * 2)];
        var first = Math.Min(_count, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(larger);
        _ring.AsSpan(0, _count - first).CopyTo(larger.AsSpan(first));
        _ring = larger;
        _start = 0;
    }
}

