namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>How a series is drawn.</summary>
public enum ChartShape
{
    Line,
    Dashed,
    Area,
    /// <summary>Bars, on top of those of the series before.</summary>
    Bar,
}
