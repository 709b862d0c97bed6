using Spectre.Console;

namespace VoiceBridge.Simulator.Cli;

/// <summary>The simulator as a process of its own.</summary>
internal sealed class ServeCommand(int? port, Uri? webhook, int calls)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    internal async Task<int> RunAsync(CancellationToken cancel)
    {
        var configuration = Configured.Read();
        var options = Configured.Options(configuration);
        options.Webhook = webhook ?? options.Webhook;
        using var logs = LoggerFactory.Create(l => l.AddSimpleConsole(c => c.SingleLine = true).SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning));
        await using var azure = await SimulatedAzure.StartAsync(options, Configured.Port(configuration, port), logs: logs, ct: cancel);
        AnsiConsole.MarkupLineInterpolated($"[green]Simulated Azure[/] at {azure.Address}");
        // Plain lines: nothing may break them, they are copied from here. Keys other than the well-known test ones are not shown.
        Console.WriteLine($"  ACS         {(options.AccessKey == new SimulatorOptions().AccessKey ? azure.AcsConnectionString : $"endpoint={azure.Address}")}");
        Console.WriteLine($"  OpenID      {azure.OpenIdConfiguration}");
        Console.WriteLine($"  Voice Live  {azure.VoiceLiveEndpoint}");
        try
        {
            if (options.Webhook is not null)
            {
                await SubscribeAsync(azure, cancel);
                for (var i = 0; i < calls; i++) azure.PlaceCall(new CallPlan());
            }
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C, or the host that started us.
        }
        return 0;
    }

    /// <summary>The services may start later than this process.</summary>
    internal static async Task SubscribeAsync(SimulatedAzure azure, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        for (var told = false; ; told = true)
        {
            try
            {
                await azure.SubscribeAsync(deadline.Token);
                AnsiConsole.MarkupLine("[green]Subscribed[/]: the webhook passed Event Grid's handshake.");
                return;
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException)
            {
                if (!told) AnsiConsole.MarkupLineInterpolated($"[yellow]Waiting for the webhook:[/] {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), deadline.Token);
            }
        }
    }
}
