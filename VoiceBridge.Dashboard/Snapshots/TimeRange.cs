namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>A span that charts show, and into how many minutes each of their points is gathered.</summary>
public sealed record TimeRange(string Name, string Words, TimeSpan Span, int MinutesPerPoint)
{
    public static TimeRange Quarter { get; } = new("15 min", "the last 15 minutes", TimeSpan.FromMinutes(15), 1);
    public static TimeRange Hour { get; } = new("1 h", "the last hour", TimeSpan.FromHours(1), 1);
    public static TimeRange Day { get; } = new("24 h", "the last 24 hours", TimeSpan.FromHours(24), 15);
    public static IReadOnlyList<TimeRange> All { get; } = [Quarter, Hour, Day];
}
