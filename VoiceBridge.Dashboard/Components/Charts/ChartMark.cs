namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>Something that happened at a moment, drawn as a vertical line. <paramref name="Tone"/> is a class of app.css: bad, warn or info.</summary>
public sealed record ChartMark(DateTimeOffset At, string Text, string Tone);
