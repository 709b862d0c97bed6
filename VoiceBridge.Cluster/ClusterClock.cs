using System.Globalization;
using Microsoft.Extensions.Logging;

namespace VoiceBridge.Cluster;

/// <summary>
/// The cluster's time, for whoever compares a time of Redis, of a call or of another service with "now": Redis's clock as it was seen first, and what has
/// passed since by this machine's steady counter. A clock that is wrong, or that is set while calls run, moves no deadline and ends no call. Before
/// Redis has been seen it is this machine's clock.
/// </summary>
public sealed partial class ClusterClock(TimeProvider machine, ILogger<ClusterClock> logger) : TimeProvider
{
    /// <summary>What answers take, and what clocks differ by anyway.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private Anchor? _anchor;
    private int _jumped;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _anchor) is { } anchor ? anchor.At + machine.GetElapsedTime(anchor.Timestamp) : machine.GetUtcNow();

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Redis has said that it is <paramref name="milliseconds"/> since 1970, in answer to a question of the time <paramref name="sent"/> (a timestamp). A
    /// Redis whose clock jumps is believed only when this machine's clock agrees.
    /// </summary>
    internal void RecordServerTime(long milliseconds, long sent)
    {
        var (now, machines, underWay) = (GetUtcNow(), machine.GetUtcNow(), machine.GetElapsedTime(sent));
        // An answer that took long says little: somewhere in between it was so late.
        var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) + (underWay / 2);
        var close = Tolerance + underWay;
        var agrees = (machines - time).Duration() <= close;
        if (Volatile.Read(ref _anchor) is null)
        {
            if (!agrees) Log.ClockDiffers(logger, Seconds(machines - time));
        }
        else if ((now - time).Duration() <= close)
        {
            Interlocked.Exchange(ref _jumped, 0);
            return;
        }
        else if (!agrees)
        {
            // Logged on change only; the check runs every second.
            if (Interlocked.Exchange(ref _jumped, 1) == 0) Log.Jumped(logger, Seconds(time - now));
            return;
        }

        Volatile.Write(ref _anchor, new Anchor(time, machine.GetTimestamp()));
    }

    private static string Seconds(TimeSpan span) => span.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Anchor(DateTimeOffset At, long Timestamp);

    private static partial class Log
    {
        [LoggerMessage(1131, LogLevel.Warning, "This machine's clock is {Seconds} s off the cluster's. Calls do not mind, but tokens of others may be refused: set it right")]
        public static partial void ClockDiffers(ILogger logger, string seconds);

        [LoggerMessage(1132, LogLevel.Error, "The clock of Redis has jumped by {Seconds} s; the time goes on here as it was")]
        public static partial void Jumped(ILogger logger, string seconds);
    }
}
