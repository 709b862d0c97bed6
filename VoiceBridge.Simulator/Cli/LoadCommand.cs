using System.Text.Json;
using Spectre.Console;
using VoiceBridge.Simulator.Load;

namespace VoiceBridge.Simulator.Cli;

/// <summary>Many calls, and a report. The exit code is 0 when no call was lost and nobody heard somebody else's agent.</summary>
internal sealed class LoadCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    internal required LoadPlan Plan { get; init; }

    internal Uri? Target { get; init; }

    internal Uri? Simulator { get; init; }

    internal int? Port { get; init; }

    internal bool Echo { get; init; }

    internal FileInfo? Json { get; init; }

    internal async Task<int> RunAsync(CancellationToken cancel)
    {
        LoadReport report;
        try
        {
            report = Simulator is not null ? await RemoteAsync(cancel) : await HereAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or OperationCanceledException)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{e.Message}[/]");
            return 2;
        }
        AnsiConsole.Write(Table(report));
        if (Json is not null) await File.WriteAllTextAsync(Json.FullName, JsonSerializer.Serialize(report, Format), CancellationToken.None);
        return report.Lost == 0 && report.FramesForeign == 0 ? 0 : 1;
    }

    private async Task<LoadReport> HereAsync(CancellationToken cancel)
    {
        var configuration = Configured.Read();
        var options = Configured.Options(configuration);
        options.Webhook = Target;
        options.VoiceLive.Echo |= Echo;
        await using var azure = await SimulatedAzure.StartAsync(options, Configured.Port(configuration, Port), ct: cancel);
        AnsiConsole.MarkupLineInterpolated($"[green]Simulated Azure[/] at {azure.Address}");
        await ServeCommand.SubscribeAsync(azure, cancel);
        return await AnsiConsole.Live(Table(new LoadReport()))
            .StartAsync(live => new LoadRun(azure, Plan).RunAsync(now => live.UpdateTarget(Table(now)), cancel));
    }

    private async Task<LoadReport> RemoteAsync(CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var load = new Uri(Simulator!, "/simulator/load");
        var order = new { calls = Plan.Calls, rate = Plan.Rate, seconds = Plan.Duration.TotalSeconds, script = Plan.Script };
        var running = http.PostAsJsonAsync(load, order, cancel);
        await AnsiConsole.Live(Table(new LoadReport())).StartAsync(async live =>
        {
            while (!running.IsCompleted)
            {
                // How it goes so far; what it came to is the answer to the order itself.
                await Task.WhenAny(running, Task.Delay(LookAgain, cancel));
                if (running.IsCompleted) break;
                using var soFar = await http.GetAsync(load, cancel);
                if (soFar.IsSuccessStatusCode && await soFar.Content.ReadFromJsonAsync<LoadReport>(cancel) is { } now) live.UpdateTarget(Table(now));
            }
        });
        using var response = await running;
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<LoadReport>(cancel) ?? throw new InvalidOperationException("The simulator sent no report.");
    }

    private static Table Table(LoadReport r)
    {
        var table = new Table().AddColumns("", "count", "p50 ms", "p95 ms", "p99 ms", "max ms");
        Row("time to answer", r.TimeToAnswer);
        Row("first audio", r.FirstAudio);
        Row("turn latency", r.TurnLatency);
        Row("barge-in", r.BargeIn);
        Row("round trip", r.RoundTrip);
        table.Title = new TableTitle($"offered {r.Offered}, answered {r.Answered}, busy {r.Busy}, redirected {r.Redirected}, lost {r.Lost}, at once {r.MostAtOnce}");
        var reasons = string.Join(", ", r.Reasons.OrderByDescending(x => x.Value).Select(x => $"{x.Key}: {x.Value}"));
        table.Caption = new TableTitle(
            $"frames sent {r.FramesSent}, lost {r.FramesLost}, foreign {r.FramesForeign}, after stop {r.FramesAfterStop}; interruptions {r.Interruptions}, "
            + $"reconnects {r.Reconnects}, largest gap {r.LargestGap:0} ms; {r.Seconds:0.0} s; {Markup.Escape(reasons)}");
        return table;

        void Row(string name, Percentiles p) => table.AddRow(name, $"{p.Count}", $"{p.P50:0.0}", $"{p.P95:0.0}", $"{p.P99:0.0}", $"{p.Max:0.0}");
    }
}
