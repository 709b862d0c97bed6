namespace VoiceBridge.History.Reading;

/// <summary>The figures of a span of days (UTC).</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, included.</param>
/// <param name="Total">All of it.</param>
/// <param name="Days">Each day, the earliest first, also those without a call.</param>
/// <param name="Agents">Each agent, the busiest first; "" are calls that never came to one.</param>
public sealed record ReportView(
    DateOnly First, DateOnly Last, DayReport Total, IReadOnlyList<(DateOnly Day, DayReport Figures)> Days, IReadOnlyList<(string Agent, DayReport Figures)> Agents);
