namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>What Twilio does with audio: plays it in order at one second a second, some time after the first of it came, and returns a mark when it gets there.</summary>
internal sealed class TwilioBuffer(TimeProvider time, TimeSpan startDelay)
{
    private const int BytesPerMs = 8;

    private readonly long _origin = time.GetTimestamp();
    private readonly Queue<(TimeSpan Due, string Name)> _marks = new();
    private TimeSpan _end;
    private long _total;

    /// <summary>Milliseconds of audio that have been played.</summary>
    public double PlayedMs => (_total - Math.Min(_total, Left)) / (double)BytesPerMs;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    private long Left => _end > Now ? (long)((_end - Now).TotalMilliseconds * BytesPerMs) : 0;

    public void Media(int bytes)
    {
        _end = (_end > Now ? _end : Now + startDelay) + TimeSpan.FromMilliseconds(bytes / (double)BytesPerMs);
        _total += bytes;
    }

    public void Mark(string name) => _marks.Enqueue((_end, name));

    /// <summary>The marks that have been reached.</summary>
    public IEnumerable<string> Reached()
    {
        while (_marks.TryPeek(out var mark) && mark.Due <= Now)
            yield return _marks.Dequeue().Name;
    }

    /// <summary>Throws away what is not played; its marks.</summary>
    public IReadOnlyList<string> Clear()
    {
        _total -= Math.Min(_total, Left);
        _end = TimeSpan.Zero;
        string[] marks = [.. _marks.Select(mark => mark.Name)];
        _marks.Clear();
        return marks;
    }
}
