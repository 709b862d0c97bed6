namespace VoiceBridge.Testing;

/// <summary>A machine whose clock can be set, while its steady counter and its timers go on as they are.</summary>
public sealed class MachineClock : TimeProvider
{
    private long _off;

    /// <summary>How far the clock is off.</summary>
    public TimeSpan Off
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _off));
        set => Interlocked.Exchange(ref _off, value.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Off;
}
