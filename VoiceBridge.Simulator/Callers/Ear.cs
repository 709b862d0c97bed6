using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Callers;

/// <summary>Listens to what is played: when the agent speaks, what it says, whose agent it is, where there are holes.</summary>
internal sealed class Ear(ushort ownMark) : MarkReader.ISink
{
    /// <summary>So many quiet frames end a turn: 500 ms.</summary>
    private const int QuietFrames = 25;

    private readonly Lock _gate = new();
    private readonly MarkReader _reader = new();
    private readonly TextCollector _text = new();
    private readonly List<HeardTurn> _turns = [];
    private readonly Dictionary<int, double> _playedByItem = [];
    private long _frame;
    private long _turnStart;
    private int _quiet;
    private int _hole;
    private int _item;
    private int _turnItem;
    private bool _own;
    private bool _foreign;
    private bool _cut;

    /// <summary>Whether the agent is in the middle of something.</summary>
    internal bool Speaking { get; private set; }

    /// <summary>Turns that have ended.</summary>
    internal int Ended { get; private set; }

    /// <summary>Since the call was answered.</summary>
    internal TimeSpan Now => Frames(_frame);

    internal TimeSpan SpeakingFor => Speaking ? Frames(_frame - _turnStart) : TimeSpan.Zero;

    internal long FramesHeard { get; private set; }

    internal long FramesOwn { get; private set; }

    internal long FramesForeign { get; private set; }

    internal TimeSpan LargestGap { get; private set; }

    internal IReadOnlyList<HeardTurn> Turns
    {
        get
        {
            lock (_gate) return [.. _turns];
        }
    }

    internal IReadOnlyDictionary<int, double> PlayedByItem
    {
        get
        {
            lock (_gate) return new Dictionary<int, double>(_playedByItem);
        }
    }

    /// <summary>One frame of playing, or of silence because there was nothing to play. True when a turn began with it.</summary>
    internal bool Hear(ReadOnlySpan<short> frame, bool playing)
    {
        _frame++;
        if (!playing)
        {
            _hole++;
            if (Speaking && ++_quiet >= QuietFrames) EndTurn();
            return false;
        }
        FramesHeard++;
        _own = _foreign = false;
        var before = _item;
        _reader.Read(frame, this);
        if (_own) FramesOwn++;
        if (_foreign) FramesForeign++;
        if (Speaking && _hole > 0 && _item == _turnItem && before == _item && Frames(_hole) > LargestGap) LargestGap = Frames(_hole);
        _hole = 0;
        if (_item != 0)
        {
            lock (_gate) _playedByItem[_item] = _playedByItem.GetValueOrDefault(_item) + Pcm.FrameMilliseconds;
        }

        var began = false;
        if (Pcm.Rms(frame) > Pcm.SpeechRms)
        {
            if (Speaking && _item != _turnItem) EndTurn();
            if (!Speaking)
            {
                Speaking = began = true;
                _turnStart = _frame;
                _turnItem = _item;
            }
            _quiet = 0;
        }
        else if (Speaking && ++_quiet >= QuietFrames)
        {
            EndTurn();
        }
        return began;
    }

    /// <summary>The rest of what is being said was thrown away.</summary>
    internal void Cut() => _cut = true;

    internal void Finish()
    {
        if (Speaking) EndTurn();
    }

    void MarkReader.ISink.OnMark(MarkKind kind, uint payload)
    {
        var mark = (ushort)(payload >> 16);
        switch (kind)
        {
            case MarkKind.Text:
                _text.Add(payload);
                return;
            case MarkKind.Agent:
                if (_item != (ushort)payload)
                {
                    if (Speaking) EndTurn();
                    _item = (ushort)payload;
                    _text.Reset();
                }
                break;
        }
        if (mark == 0) return;
        if (mark == ownMark) _own = true;
        else _foreign = true;
    }

    private void EndTurn()
    {
        // The quiet that made the turn's end plain does not belong to it.
        var length = Frames(Math.Max(_frame - _turnStart - _quiet, 1));
        lock (_gate) _turns.Add(new HeardTurn(_text.Text, Frames(_turnStart), length, _cut));
        Speaking = _cut = false;
        _quiet = 0;
        Ended++;
    }

    private static TimeSpan Frames(long count) => TimeSpan.FromMilliseconds(count * Pcm.FrameMilliseconds);
}
