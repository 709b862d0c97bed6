using System.Globalization;
using Spectre.Console;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.Local.View;

/// <summary>What is said in each call, line by line as it is said.</summary>
internal sealed class TranscriptView(IAnsiConsole console, LocalSystem system)
{
    private const int Recent = 20;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(300);
    private readonly HashSet<object> _shown = [];

    /// <summary>Writes until cancelled, and then once more what has been said since.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await WriteAsync();
            await Task.Delay(Period, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        await WriteAsync();
    }

    private async Task WriteAsync()
    {
        try
        {
            var live = await system.Cluster.Calls.ListLiveAsync(CancellationToken.None);
            var recent = await system.Cluster.Calls.ListRecentAsync(Recent, CancellationToken.None);
            foreach (var call in live.Concat(recent).OrderBy(c => c.RangAt)) await WriteAsync(call);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Shown with the next round.
        }
    }

    private async Task WriteAsync(CallRecord call)
    {
        var turns = await system.Cluster.Turns.ReadAsync(call.CallId, CancellationToken.None);
        if (_shown.Add(call.CallId)) console.MarkupLineInterpolated($"[bold]{call.From} calls {call.To}[/]");
        var over = call.State == CallState.Ended;
        // The last turn may still be cut to what was heard of it, and the words of the caller before it may be yet to come.
        foreach (var turn in over ? turns : turns.SkipLast(1))
        {
            if (_shown.Add((call.CallId, turn.At, turn.Speaker, turn.ItemId))) Write(turn);
        }
        if (over && _shown.Add((call.CallId, call.EndReason)))
            console.MarkupLineInterpolated($"[bold]{call.From}: {call.EndReason}[/] after {Count(call.Turns, "turn")}, {Count(call.ToolCalls, "tool call")}, {Count(call.Interruptions, "interruption")}");
    }

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private void Write(Turn turn)
    {
        var color = turn.Speaker switch { "caller" => "deepskyblue1", "agent" => "green", _ => "grey" };
        var name = turn.ToolName is { } tool ? $"{turn.Speaker} {tool}" : turn.Speaker;
        var cut = turn.Interrupted ? " [interrupted]" : "";
        // What tools take and give has no spaces to be broken at: the whole of it is on the dashboard.
        console.Write(new Markup($"  [grey]{turn.At.ToLocalTime():HH:mm:ss}[/] [{color}]{Markup.Escape(name),-8}[/] {Markup.Escape(turn.Text + cut)}") { Overflow = Overflow.Ellipsis });
        console.WriteLine();
    }
}
