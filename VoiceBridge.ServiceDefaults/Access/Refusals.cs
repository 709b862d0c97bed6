using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>
/// Counts what is turned away, and bounds what is logged of it: strangers decide how many refusals there are, and people read the log. Each entry has its own
/// bound, so that a flood at one hides nothing of the others.
/// </summary>
public sealed partial class Refusals(ILogger<Refusals> logger) : IDisposable
{
    private const int LoggedAtOnce = 200;
    private const int LoggedPerSecond = 10;
    private const int LongestText = 200;

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Counts a refusal in <c>voicebridge.refusals</c>. True when its reason may be logged; of the others the log has the number.</summary>
    public bool Count(string entry, string reason)
    {
        VoiceBridgeTelemetry.Refusals.Add(1, new("entry", entry), new("reason", reason));
        var known = _entries.GetOrAdd(entry, _ => new Entry());
        using var mayLog = known.Logged.AttemptAcquire();
        if (!mayLog.IsAcquired)
        {
            Interlocked.Increment(ref known.NotLogged);
            return false;
        }

        if (Interlocked.Exchange(ref known.NotLogged, 0) is > 0 and var more) LogNotLogged(logger, more, entry);
        return true;
    }

    /// <summary>Text of a stranger's making, as a log may hold it: without control characters, which steer terminals and begin lines, and not without end.</summary>
    public static string Printable(string? text) =>
        string.Concat((text ?? "").Take(LongestText).Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));

    public void Dispose()
    {
        foreach (var entry in _entries.Values) entry.Dispose();
    }

    private sealed class Entry : IDisposable
    {
        internal readonly TokenBucketRateLimiter Logged = new(new TokenBucketRateLimiterOptions
        {
            TokenLimit = LoggedAtOnce,
            TokensPerPeriod = LoggedPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        });

        internal long NotLogged;

        public void Dispose() => Logged.Dispose();
    }

    [LoggerMessage(EventId = 9003, Level = LogLevel.Warning, Message = "Refused {Count} more at {Entry}; their reasons are not logged")]
    private static partial void LogNotLogged(ILogger logger, long count, string entry);
}
