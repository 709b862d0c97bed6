using Spectre.Console;
using StackExchange.Redis;

namespace VoiceBridge.Local.View;

/// <summary>What is said in each call, line by line as it is said.</summary>
internal sealed class TranscriptView(IAnsiConsole console, LocalSystem system)
{
    private const int Recent = 20;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(300);
    private readonly Dictionary<string, int> _shown = [];

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
            foreach (var call in live.Concat(recent).OrderBy(c => c.RangAt))
            {
                var turns = await system.Cluster.Turns.ReadAsync(call.CallId, CancellationToken.None);
                if (_shown.TryAdd(call.CallId, 0)) console.MarkupLineInterpolated($"[bold]{call.From} calls {call.To}[/]");
                foreach (var turn in turns.Skip(_shown[call.CallId])) Write(turn);
                _shown[call.CallId] = Math.Max(_shown[call.CallId], turns.Count);
            }
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // Shown with the next round.
        }
    }

    private void Write(VoiceBridge.Cluster.Transcripts.Turn turn)
    {
        var color = turn.Speaker switch { "caller" => "deepskyblue1", "agent" => "green", _ => "grey" };
        var name = turn.ToolName is { } tool ? $"{turn.Speaker} {tool}" : turn.Speaker;
        var cut = turn.Interrupted ? " [interrupted]" : "";
        console.MarkupLine($"  [grey]{turn.At.ToLocalTime():HH:mm:ss}[/] [{color}]{Markup.Escape(name),-8}[/] {Markup.Escape(turn.Text + cut)}");
    }
}
