using System.Text;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>What the caller had heard of an item when the agent was cut off, and how much of it had been sent by then.</summary>
internal readonly record struct HeardItem(string ItemId, int ContentIndex, int HeardMs, int SentMs);

/// <summary>
/// Says what of the agent's audio has been played by now. Audio plays at one second a second: what is sent starts at max(now, end of what was sent before), and is
/// never more than was sent. A caller's side that reports what it has played (<see cref="Reported"/>) corrects that. Positions count all bytes that were ever sent, so
/// that a report of before a flush is told from one of after it.
/// </summary>
internal sealed class PlayoutClock(AudioFormat format, TimeProvider time)
{
    /// <summary>How much is believed to be played since a report without another one: callers' sides report each 60 ms, and one report may be lost.</summary>
    private const long UnreportedTicks = 100 * TimeSpan.TicksPerMillisecond;

    /// <summary>Reports that have not come for so long will not come: then time alone counts.</summary>
    private const long PatienceTicks = TimeSpan.TicksPerSecond;

    private readonly Lock _gate = new();
    private readonly List<ItemPlayout> _items = [];
    private readonly long _origin = time.GetTimestamp();
    private long _sent;

    // The byte that was being played at a time, by a report or by our reckoning.
    private long _known;
    private long _knownAt;
    private bool _isReported;
    private long _lastReport;

    /// <summary>How long until everything that was sent has been played.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_gate)
            {
                var bytes = _sent - Played(Now());
                // Rounded up: when it is over, it has been played.
                return TimeSpan.FromTicks((bytes * TimeSpan.TicksPerMillisecond + format.BytesPerMs - 1) / format.BytesPerMs);
            }
        }
    }

    public bool IsPlaying => Remaining > TimeSpan.Zero;

    /// <summary>Audio of an item goes out to the caller now; the position at which it begins.</summary>
    public long Sent(ReadOnlySpan<byte> itemId, int contentIndex, int bytes)
    {
        lock (_gate)
        {
            var now = Now();
            var played = Played(now);
            if (played == _sent)
            {
                // It ran dry: this is played from now on.
                (_known, _knownAt, _isReported) = (_sent, now, false);
            }
            var start = _sent;
            var last = _items.Count > 0 ? _items[^1] : null;
            if (last is null || last.ContentIndex != contentIndex || !itemId.SequenceEqual(last.Id))
            {
                DropPlayed(played);
                _items.Add(last = new ItemPlayout(itemId.ToArray(), contentIndex, start));
            }
            last.Length += bytes;
            _sent += bytes;
            return start;
        }
    }

    /// <summary>The caller's side has played everything before <paramref name="position"/>. Reports of what was flushed, and such as come late, say nothing.</summary>
    public void Reported(long position)
    {
        lock (_gate)
        {
            if (position <= _lastReport || position > _sent)
                return;
            _lastReport = position;
            (_known, _knownAt, _isReported) = (position, Now(), true);
        }
    }

    /// <summary>What was sent and not played is thrown away: the items that were cut short, oldest first.</summary>
    public IReadOnlyList<HeardItem> Flush()
    {
        lock (_gate)
        {
            var now = Now();
            var played = Played(now);
            if (played == _sent)
                return [];
            var cut = new List<HeardItem>(1);
            foreach (var item in _items)
            {
                // Recordings of our own are no items of the session.
                if (item.End <= played || item.Id.Length == 0)
                    continue;
                var heard = Math.Max(0, played - item.Start);
                cut.Add(new HeardItem(Encoding.UTF8.GetString(item.Id), item.ContentIndex, (int)(heard / format.BytesPerMs), (int)(item.Length / format.BytesPerMs)));
            }
            _items.Clear();
            _lastReport = _sent;
            (_known, _knownAt, _isReported) = (_sent, now, false);
            return cut;
        }
    }

    /// <summary>The items belong to a session that is gone; their audio goes on playing.</summary>
    public void Forget()
    {
        lock (_gate)
            _items.Clear();
    }

    private long Played(long now)
    {
        var elapsed = now - _knownAt;
        if (_isReported && elapsed < PatienceTicks)
            elapsed = Math.Min(elapsed, UnreportedTicks);
        return Math.Min(_known + elapsed * format.BytesPerMs / TimeSpan.TicksPerMillisecond, _sent);
    }

    // Not a lambda in Sent: what it captures would be allocated with each delta.
    private void DropPlayed(long played) => _items.RemoveAll(item => item.End <= played);

    private long Now() => time.GetElapsedTime(_origin).Ticks;

    private sealed class ItemPlayout(byte[] id, int contentIndex, long start)
    {
        public byte[] Id => id;

        public int ContentIndex => contentIndex;

        public long Start => start;

        public long Length { get; set; }

        public long End => start + Length;
    }
}
