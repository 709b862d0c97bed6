using System.Globalization;
using VoiceBridge.Local;

namespace VoiceBridge.Soak;

/// <summary>Warms up, measures, and lets callers churn with a measurement at each third; the verdict compares the last with the first.</summary>
internal sealed class SoakRun(TimeSpan length, TimeSpan warmUp, double rate)
{
    private const int Parts = 3;
    private const int Services = 2;

    /// <summary>Longer than what is kept for a moment after a call: pooled connections, heartbeats under way, lapsed keys.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    public async Task<int> RunAsync(CancellationToken cancel)
    {
        using var inspection = new Inspection();
        await using var system = await LocalSystem.StartAsync(
            new LocalOptions
            {
                Processes = true,
                Dashboard = false,
                Gateways = 1,
                Controls = 1,
                ConnectionsPerGateway = 24,
                Simulate = azure => azure.Remembered = 200,
                Settings = new Dictionary<string, string?> { ["Admission:RingSeconds"] = "2", ["Recovery:Seconds"] = "8", ["Logging:LogLevel:Default"] = "Error" },
                ChildOutput = Console.Error.WriteLine,
            },
            cancel);
        var churn = new Churn(system, rate);
        Write($"Warming up for {warmUp.TotalSeconds:0} s, then {length.TotalMinutes:0.#} minutes, {rate:0.#} calls a second");
        await churn.RunAsync(warmUp, cancel);
        var first = await MeasureAsync();
        var last = first;
        for (var part = 0; part < Parts; part++)
        {
            await churn.RunAsync(length / Parts, cancel);
            last = await MeasureAsync();
        }

        Write($"{churn.Offered} calls offered, {churn.Answered} answered, {churn.Busy} busy, {churn.GaveUp} given up, {churn.Aborted} sockets cut, {churn.Intruders} intruders refused");
        var wrong = first.Zip(last).SelectMany(pair => Compare(pair.First, pair.Second)).ToList();
        if (churn.Foreign > 0) wrong.Add($"{churn.Foreign} callers heard somebody else's agent");
        foreach (var what in wrong) Write($"WRONG: {what}");
        if (wrong.Count == 0) Console.WriteLine("Nothing is left of them.");
        return wrong.Count == 0 ? 0 : 1;

        async Task<IReadOnlyList<Sample>> MeasureAsync()
        {
            await churn.EndAsync(cancel);
            await Task.Delay(Quiet, cancel);
            var samples = await inspection.AskAsync(Services, cancel);
            foreach (var sample in samples)
                Write($"{DateTime.Now:HH:mm:ss} {churn.Offered,6} calls  {sample.Service,-26} heap {sample.HeapKiB,7} KiB  RSS {sample.ResidentKiB,7} KiB  sockets {sample.Sockets,3}  timers {sample.Timers,3}");
            return samples;
        }
    }

    private static IEnumerable<string> Compare(Sample first, Sample last)
    {
        // Caches that fill up slowly are no leak; a leak of a kilobyte for each call would be more than this.
        if (last.HeapKiB > first.HeapKiB + Math.Max(first.HeapKiB / 20, 1024)) yield return $"{first.Service}: heap {first.HeapKiB} -> {last.HeapKiB} KiB";
        if (last.ResidentKiB > first.ResidentKiB + Math.Max(first.ResidentKiB / 20, 8 * 1024)) yield return $"{first.Service}: RSS {first.ResidentKiB} -> {last.ResidentKiB} KiB";
        if (last.Sockets > first.Sockets + 4) yield return $"{first.Service}: sockets {first.Sockets} -> {last.Sockets}";
        if (last.Timers > first.Timers + 8) yield return $"{first.Service}: timers {first.Timers} -> {last.Timers}";
    }

    private static void Write(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
