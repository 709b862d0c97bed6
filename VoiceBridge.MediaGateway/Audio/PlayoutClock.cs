using System.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>What the caller had heard of an item when the agent was cut off, and how much of it had been sent by then.</summary>
internal readonly record struct HeardItem(string ItemId, int ContentIndex, int HeardMs, int SentMs);

/// <summary>
/// Says what of the agent's audio has been played by now. Nobody tells us (the marks of the ACS socket are a preview feature), but
/// audio plays at one second a second: what is sent starts at max(now, end of what was sent before). Never more than was sent.
/// </summary>
internal sealed class PlayoutClock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly List<ItemPlayout> _items = [];
    private readonly long _origin = time.GetTimestamp();
    private long _end;

    /// <summary>How long until everything that was sent has been played.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (_gate)
                return TimeSpan.FromTicks(Math.Max(0, _end - Now()));
        }
    }

    public bool IsPlaying => Remaining > TimeSpan.Zero;

    /// <summary>Audio of an item goes out to the caller now.</summary>
    public void Sent(ReadOnlySpan<byte> itemId, int contentIndex, int pcmBytes)
    {
        lock (_gate)
        {
            var now = Now();
            var length = TicksOf(pcmBytes);
            var start = Math.Max(now, _end);
            var last = _items.Count > 0 ? _items[^1] : null;
            if (last is null || last.ContentIndex != contentIndex || !itemId.SequenceEqual(last.Id))
            {
                DropPlayed(now);
                _items.Add(last = new ItemPlayout(itemId.ToArray(), contentIndex) { SpanStart = start });
            }
            else if (start > last.SpanStart + last.SpanLength)
            {
                // It ran dry in between: what came before is played, a new stretch begins.
                last.PlayedBefore += last.SpanLength;
                last.SpanStart = start;
                last.SpanLength = 0;
            }
            last.SpanLength += length;
            last.SentBytes += pcmBytes;
            _end = start + length;
        }
    }

    /// <summary>What was sent and not played is thrown away: the items that were cut short, oldest first.</summary>
    public IReadOnlyList<HeardItem> Flush()
    {
        lock (_gate)
        {
            var now = Now();
            if (_end <= now)
                return [];
            var cut = new List<HeardItem>(1);
            foreach (var item in _items)
            {
                // Recordings of our own are no items of the session.
                if (item.SpanStart + item.SpanLength <= now || item.Id.Length == 0)
                    continue;
                var heard = item.PlayedBefore + Math.Clamp(now - item.SpanStart, 0, item.SpanLength);
                var sentMs = (int)(item.SentBytes / Base64Text.BytesPerMs);
                var heardMs = (int)Math.Min(heard / TimeSpan.TicksPerMillisecond, sentMs);
                cut.Add(new HeardItem(Encoding.UTF8.GetString(item.Id), item.ContentIndex, heardMs, sentMs));
            }
            _items.Clear();
            _end = now;
            return cut;
        }
    }

    /// <summary>The items belong to a session that is gone; their audio goes on playing.</summary>
    public void Forget()
    {
        lock (_gate)
            _items.Clear();
    }

    // Not a lambda in Sent: what it captures would be allocated with each delta.
    private void DropPlayed(long now) => _items.RemoveAll(item => item.SpanStart + item.SpanLength <= now);

    private long Now() => time.GetElapsedTime(_origin).Ticks;

    private static long TicksOf(long pcmBytes) => pcmBytes * TimeSpan.TicksPerMillisecond / Base64Text.BytesPerMs;

    private sealed class ItemPlayout(byte[] id, int contentIndex)
    {
        public byte[] Id { get; } = id;

        public int ContentIndex { get; } = contentIndex;

        public long PlayedBefore { get; set; }

        public long SpanStart { get; set; }

        public long SpanLength { get; set; }

        public long SentBytes { get; set; }
    }
}
