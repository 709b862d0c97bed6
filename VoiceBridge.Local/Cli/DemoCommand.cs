using Spectre.Console;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Local.View;
using VoiceBridge.Samples.HttpTool;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary><c>--demo</c>: plays <see cref="Demo"/>'s calls one after the other, with the transcript on screen.</summary>
internal static class DemoCommand
{
    private const int Records = 20;
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(10);

    public static async Task<int> RunAsync(RunOptions options, RecentLog log, CancellationToken cancellationToken)
    {
        await using var hours = await HostedService.StartAsync(
            "opening-hours", 0, HttpToolApp.Create, settings: null, log, cancellationToken);
        await using var system = await LocalSystem.StartAsync(
            options.System with { Settings = Demo.Settings(hours.Address), Simulate = Demo.Simulate }, cancellationToken);
        AddressTable.Write(AnsiConsole.Console, system);
        if (system is not { SimulatedPhone: true, Azure: { } azure })
        {
            AnsiConsole.MarkupLine("The phone is a real one: call your number. Ctrl-C ends.");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var view = new TranscriptView(AnsiConsole.Console, system).RunAsync(over.Token);
        var first = await PlayAsync(azure, options, "+14255550101", Demo.Questions, cancellationToken);
        var second = await PlayAsync(azure, options, "+14255550102", Demo.Transfer, cancellationToken);
        var (questions, transfer) = (await EndedAsync(system, first), await EndedAsync(system, second));
        var timeline = transfer is null ? [] : await system.Cluster.Calls.ListEventsAsync(transfer.CallId, CancellationToken.None);
        string[] problems = [.. Demo.Problems(questions, transfer, timeline, second)];
        await over.CancelAsync();
        await view;
        foreach (var problem in problems) AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]");
        Recordings.Tell(options.System.RecordFolder);
        return problems.Length == 0 ? 0 : 1;
    }

    /// <summary>The call's record when it has ended, or as it stands when it does not.</summary>
    private static async Task<CallRecord?> EndedAsync(LocalSystem system, SimulatedCall call)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LookAgain, CancellationToken.None))
        {
            var records = await system.Cluster.Calls.ListRecentAsync(Records, CancellationToken.None);
            var record = records.FirstOrDefault(r => r.CorrelationId == call.CorrelationId);
            // The last counts and words are written in the background, a moment later.
            if (TimeProvider.System.GetElapsedTime(began) is var waited && (waited > EndDeadline || (record is { State: CallState.Ended } && waited > WriteTime)))
                return record;
        }
    }

    private static async Task<SimulatedCall> PlayAsync(
        SimulatedAzure azure, RunOptions options, string from, CallerScript script, CancellationToken cancellationToken)
    {
        var call = azure.PlaceCall(new CallPlan
        {
            From = from,
            Script = script,
            HangUpAfter = LongestCall,
            RecordTo = options.System.RecordFolder is { } folder ? Path.Combine(folder, $"{from[1..]}.wav") : null,
        });
        await call.WhenEnded.WaitAsync(cancellationToken);
        return call;
    }
}
