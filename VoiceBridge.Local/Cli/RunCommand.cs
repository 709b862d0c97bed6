using Spectre.Console;
using StackExchange.Redis;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local.Settings;
using VoiceBridge.Local.View;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.Local.Cli;

/// <summary>Starts the system, places calls, shows them, stops everything.</summary>
internal static class RunCommand
{
    private const int HeadlessSeconds = 20;
    private const int RecordsRead = 1_000;
    private const int CannotStart = 2;
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan CleanDeadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan HurriedDeadline = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        Action<string>? sink = options.Headless || options.Demo ? Console.Error.WriteLine : null;
        var minimum = options.Verbose ? LogLevel.Information : LogLevel.Warning;
        var log = new RecentLog(minimum, sink);
        try
        {
            options = options with
            {
                System = options.System with
                {
                    Log = log,
                    ChildOutput = log.Add,
                    ChildLogLevel = minimum,
                    Given = GivenSettings.Read(Environment.CurrentDirectory, options.Set, log.Add),
                },
            };
            if (options.Demo) return await DemoCommand.RunAsync(options, log, cancellationToken);
            await using var system = await LocalSystem.StartAsync(options.System, cancellationToken);
            AddressTable.Write(AnsiConsole.Console, system);
            return await RunAsync(system, options, log, cancellationToken);
        }
        catch (LocalStartException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return CannotStart;
        }
        catch (Exception exception) when (SettingsException.MistakesOf(exception) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes) await Console.Error.WriteLineAsync(mistake);
            return CannotStart;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<int> RunAsync(LocalSystem system, RunOptions options, RecentLog log, CancellationToken cancellationToken)
    {
        var seconds = options.Seconds ?? (options.Headless ? HeadlessSeconds : null);
        TimeSpan? length = seconds is { } s ? TimeSpan.FromSeconds(s) : null;
        var round = system is { SimulatedPhone: true, Azure: { } azure } ? new CallRound(system, azure, options.System, TimeProvider.System) : null;

        var board = new CallBoard(system, TimeProvider.System);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var commands = new PromptCommands([.. new CallerCommands(system, round, length).Commands, .. new Faults(system).Commands]);
        var prompt = new Prompt(commands, options.Headless ? Console.WriteLine : log.Say);
        var reading = ReadCommandsAsync(prompt, stop);
        var view = options.Headless
            ? new LineView(Console.Out, board).RunAsync(over.Token)
            : new LiveView(AnsiConsole.Console, board, log, () => prompt.Typed).RunAsync(over.Token);

        try
        {
            if (round is not null) await round.PlaceWebAsync(options.WebCallers, stop.Token);
            if (round is not null) await round.PlaceAsync(options.Callers, options.TwilioCallers, length, from: null, stop.Token);
            if (length is null) await Task.Delay(Timeout.Infinite, stop.Token);
            // Nobody on the phone from the beginning: the prompt may still place calls.
            else if (round is null || options.Callers + options.TwilioCallers == 0) await Task.Delay(length.Value, stop.Token);
            else await round.WhenEndedAsync(stop.Token).WaitAsync(length.Value + AnswerMargin, stop.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            // Stopped, or a call does not end: the summary says which.
        }

        if (round is not null) await round.HangUpAsync();
        var summary = round is null ? null : await SummarizeAsync(system, round, commands.Faults, cancellationToken.IsCancellationRequested ? HurriedDeadline : CleanDeadline);
        await stop.CancelAsync();
        await over.CancelAsync();
        await Task.WhenAll(view, reading);
        if (summary is null) return 0;
        Recordings.Tell(options.System.RecordFolder);
        foreach (var line in summary.Lines()) Console.WriteLine(line);
        return summary.Problems.Count == 0 || !options.Headless ? 0 : 1;
    }

    private static async Task ReadCommandsAsync(Prompt prompt, CancellationTokenSource stop)
    {
        if (await prompt.RunAsync(stop.Token)) await stop.CancelAsync();
    }

    /// <summary>Waits until the cluster has noticed the ends, and draws the balance.</summary>
    private static async Task<Summary> SummarizeAsync(LocalSystem system, CallRound round, IReadOnlyList<string> faults, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (true)
        {
            try
            {
                var live = await system.Cluster.Calls.ListLiveAsync(CancellationToken.None);
                var connections = await system.Cluster.Connections.ListAsync(CancellationToken.None);
                if ((live.Count == 0 && connections.Count == 0) || deadline.IsCancellationRequested)
                {
                    var recent = await system.Cluster.Calls.ListRecentAsync(RecordsRead, CancellationToken.None);
                    CallRecord[] records = [.. live.Concat(recent).DistinctBy(r => r.CallId)];
                    return new Summary(round.Calls, round.WebCallers, records, connections.Count, faults);
                }
            }
            catch (RedisException)
            {
                // Stopped by a command: until the deadline it may be started again.
                if (deadline.IsCancellationRequested) return new Summary(round.Calls, round.WebCallers, [], 0, faults);
            }
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
