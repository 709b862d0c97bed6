using Spectre.Console;
using VoiceBridge.Local.Hosting;
using VoiceBridge.Local.View;
using VoiceBridge.Samples.HttpTool;
using VoiceBridge.Simulator;

namespace VoiceBridge.Local.Cli;

/// <summary><c>--demo</c>: plays <see cref="Demo"/>'s calls one after the other, with the transcript on screen.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(RunOptions options, RecentLog log, CancellationToken cancellationToken)
    {
        await using var hours = await HostedService.StartAsync(
            "opening-hours", 0, HttpToolApp.Create, new Dictionary<string, string?>(), log, cancellationToken);
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
        await over.CancelAsync();
        await view;
        AnsiConsole.MarkupLineInterpolated($"{first.Plan.From}: {first.EndReason}. {second.Plan.From}: {second.EndReason}.");
        return first.Stats.Interruptions > 0 && first.State == SimulatedCallState.Ended && second.State == SimulatedCallState.Ended ? 0 : 1;
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
