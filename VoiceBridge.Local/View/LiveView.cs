using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace VoiceBridge.Local.View;

/// <summary>The calls as a table that is redrawn while they go on.</summary>
internal sealed class LiveView(IAnsiConsole console, CallBoard board, RecentLog log, Func<string> prompt)
{
    private const int LogLines = 6;
    private const int OtherColumns = 70;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(400);

    /// <summary>Draws until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => console.Live(new Text("")).AutoClear(false).StartAsync(async live =>
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            live.UpdateTarget(Draw(await board.ReadAsync(cancellationToken)));
            live.Refresh();
            await Task.Delay(Period, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    });

    private Rows Draw(IReadOnlyList<CallRow> calls)
    {
        // The last line of a terminal stays free, or it scrolls with each redraw.
        var answer = log.Answer;
        var room = Math.Max(console.Profile.Height - LogLines - answer.Count - 8, 3);
        var table = new Table().Border(TableBorder.Rounded).Expand();
        foreach (var column in (string[])["caller", "state", "gateway", "time"]) table.AddColumn(new TableColumn(column).NoWrap());
        table.AddColumn("caller says").AddColumn("agent says");
        var words = Math.Max((console.Profile.Width - OtherColumns) / 2, 10);
        foreach (var call in calls.OrderBy(c => c.Ended).Take(room)) table.AddRow(Cells(call, words));
        if (calls.Count > room) table.Caption(string.Create(CultureInfo.InvariantCulture, $"and {calls.Count - room} more"));

        var rows = new List<IRenderable> { table };
        rows.AddRange(log.Last(LogLines).Select(line => new Text(line, new Style(Color.Grey)).Overflow(Overflow.Ellipsis)));
        rows.AddRange(answer.Select(line => new Text(line).Overflow(Overflow.Ellipsis)));
        rows.Add(new Markup($"[bold]>[/] {Markup.Escape(prompt())}"));
        return new Rows(rows);
    }

    private static Text[] Cells(CallRow call, int words)
    {
        var style = call.Ended ? new Style(Color.Grey) : Style.Plain;
        return
        [
            new Text(call.Caller, style),
            new Text(call.State, call.Ended ? style : new Style(call.State == "connected" ? Color.Green : Color.Yellow)),
            new Text(call.Gateway ?? "", style),
            new Text(call.Duration is { } duration ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0} s") : "", style),
            new Text(Shorten(call.CallerWords, words), style),
            new Text(Shorten(call.AgentWords, words), style),
        ];
    }

    private static string Shorten(string text, int length) => text.Length <= length ? text : string.Concat(text.AsSpan(0, length - 1), "…");
}
