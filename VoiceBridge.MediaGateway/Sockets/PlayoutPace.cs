namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>How far a peer that plays audio at one second a second is ahead of it. Not thread-safe.</summary>
internal sealed class PlayoutPace(TimeSpan ahead, TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private long _end;

    /// <summary>How long until so much more audio may be sent; zero: now.</summary>
    public TimeSpan Wait(int audioMs)
    {
        var left = _end - Now();
        // A peer that has run dry takes anything at once, however long it is.
        return left <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, left + TicksOf(audioMs) - ahead.Ticks));
    }

    public void Sent(int audioMs) => _end = Math.Max(_end, Now()) + TicksOf(audioMs);

    /// <summary>The peer has thrown away what it had.</summary>
    public void Reset() => _end = 0;

    private static long TicksOf(int milliseconds) => milliseconds * TimeSpan.TicksPerMillisecond;

    private long Now() => time.GetElapsedTime(_origin).Ticks;
}
