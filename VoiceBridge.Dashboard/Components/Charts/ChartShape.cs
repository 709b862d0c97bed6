namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>How a series is drawn.</summary>
public enum ChartShape
{
    Line,
    Dashed,
    Area,

    /// <summary>Bars, on top of those of the series before.</summary>
    Bar,

    /// <summary>What the others cannot exceed: everything above it is shaded. It does not stretch the scale unless the others come near.</summary>
    Ceiling,
}
