using System.Globalization;
using System.Net;
using System.Text;

namespace VoiceBridge.RelayBench.Report;

internal sealed record Bar(string Name, double Value);

internal sealed record Panel(string Title, string Unit, IReadOnlyList<Bar> Bars);

/// <summary>Bars side by side as an SVG that reads on light and dark pages.</summary>
internal static class Chart
{
    private const int Width = 720;
    private const int Left = 96;
    private const int Right = 96;
    private const int BarHeight = 22;
    private const int Gap = 6;
    private const int TitleHeight = 34;

    public static string Draw(IReadOnlyList<Panel> panels)
    {
        var svg = new StringBuilder();
        var y = 8;
        foreach (var panel in panels)
        {
            Text(svg, 8, y + 20, panel.Title, "title");
            y += TitleHeight;
            var most = panel.Bars.Max(bar => bar.Value);
            foreach (var bar in panel.Bars)
            {
                var width = most <= 0 ? 0 : bar.Value / most * (Width - Left - Right);
                Text(svg, Left - 8, y + 15, bar.Name, "name");
                svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{Left}" y="{y}" width="{width:F1}" height="{BarHeight}" rx="3" class="{(bar.Name.StartsWith("gateway", StringComparison.Ordinal) ? "ours" : "other")}"/>""");
                Text(svg, Left + width + 8, y + 15, string.Create(CultureInfo.InvariantCulture, $"{bar.Value:0.##} {panel.Unit}").TrimEnd(), "value");
                y += BarHeight + Gap;
            }

            y += Gap;
        }

        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{y}}" width="{{Width}}" height="{{y}}" role="img" aria-label="{{WebUtility.HtmlEncode(string.Join("; ", panels.Select(panel => panel.Title)))}}">
            <style>
            text { font: 13px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600; font-size: 15px } .name { text-anchor: end }
            .ours { fill: #2f81f7 } .other { fill: #8b949e }
            </style>
            {{svg}}</svg>

            """);
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string style) =>
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{x:F1}" y="{y:F1}" class="{style}">{WebUtility.HtmlEncode(text)}</text>""");
}
