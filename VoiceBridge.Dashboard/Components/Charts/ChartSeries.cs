namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>
/// One line, area or kind of bar in a chart: <paramref name="Colour"/> is a colour class of app.css (c0 to c5),
/// <paramref name="Values"/> has one value per point in time, null for a gap.
/// </summary>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values, ChartShape Shape = ChartShape.Line);
