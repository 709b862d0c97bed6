namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>Values from <paramref name="From"/> on are too high; <paramref name="Name"/> says so in the legend.</summary>
public sealed record ChartThreshold(double From, string Name);
