using System.Globalization;
using System.Text;

namespace VoiceBridge.Dashboard.Components.Charts;

/// <summary>Turns values into SVG path data within a box of <see cref="Width"/> by <see cref="Height"/>.</summary>
internal static class ChartPath
{
    public const double Width = 1000;
    public const double Height = 100;

    /// <summary>The line through the values; gaps start a new piece.</summary>
    public static string Line(IReadOnlyList<double?> values, double max)
    {
        var path = new StringBuilder(values.Count * 12);
        var drawing = false;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value)
            {
                drawing = false;
                continue;
            }
            Append(path, drawing ? 'L' : 'M', X(i, values.Count), Y(value, max));
            drawing = true;
        }
        return path.ToString();
    }

    /// <summary>The values that stand alone between gaps, through which no line goes: to be drawn with a round cap.</summary>
    public static string Dots(IReadOnlyList<double?> values, double max)
    {
        var path = new StringBuilder();
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || (i > 0 && values[i - 1] is not null) || (i + 1 < values.Count && values[i + 1] is not null)) continue;
            Append(path, 'M', X(i, values.Count), Y(value, max));
            path.Append("h0");
        }
        return path.ToString();
    }

    /// <summary>The surface above the line.</summary>
    public static string Above(IReadOnlyList<double?> values, double max) => Area(values, max, 0);

    /// <summary>The surface under the line.</summary>
    public static string Area(IReadOnlyList<double?> values, double max) => Area(values, max, Height);

    private static string Area(IReadOnlyList<double?> values, double max, double edge)
    {
        var path = new StringBuilder(values.Count * 12);
        var from = -1;
        for (var i = 0; i <= values.Count; i++)
        {
            var value = i < values.Count ? values[i] : null;
            if (value is { } height)
            {
                if (from < 0) Append(path, 'M', X(i, values.Count), edge);
                if (from < 0) from = i;
                Append(path, 'L', X(i, values.Count), Y(height, max));
            }
            else if (from >= 0)
            {
                Append(path, 'L', X(i - 1, values.Count), edge);
                path.Append('Z');
                from = -1;
            }
        }
        return path.ToString();
    }

    /// <summary>The least of 1, 2, 2.5, 4, 5, 8 and 10 times a power of ten that is not below <paramref name="value"/>.</summary>
    public static double NiceMax(double value)
    {
        if (value <= 0) return 1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        double[] steps = [1, 2, 2.5, 4, 5, 8, 10];
        return steps.First(step => step * power >= value * 0.9999) * power;
    }

    public static double X(int index, int count) => count < 2 ? Width : index * Width / (count - 1);

    public static double Y(double value, double max) => Height - Math.Clamp(value / max, 0, 1) * Height;

    public static string N(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder path, char command, double x, double y) => path.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {y:0.#}");
}
