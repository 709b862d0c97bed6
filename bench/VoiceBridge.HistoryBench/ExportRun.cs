using System.Diagnostics;
using System.Globalization;
using VoiceBridge.Testing;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.HistoryBench;

/// <summary>The published dashboard over a history, asked for an export: how long so many calls take, and how much memory it has had at most (the kernel's figure).</summary>
internal static class ExportRun
{
    private const string Key = "a-key-of-the-benchmark";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    public static async Task<(int Calls, TimeSpan Took, long Bytes)> MeasureAsync(string dashboard, string history, int calls)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Find()}");
        var start = new ProcessStartInfo("dotnet", [dashboard]) { WorkingDirectory = Path.GetDirectoryName(dashboard), RedirectStandardOutput = true };
        var settings = TestSettings.Of("127.0.0.1:1,connectTimeout=100,connectRetry=0");
        settings["ConnectionStrings:history"] = history;
        settings["Ops:ApiKeys:0"] = Key;
        settings["ASPNETCORE_ENVIRONMENT"] = "Development";
        settings["ASPNETCORE_URLS"] = address.ToString();
        settings["Logging:LogLevel:Default"] = "Critical";
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        using var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        try
        {
            using var http = new HttpClient { BaseAddress = address };
            http.DefaultRequestHeaders.Add("X-Api-Key", Key);
            await WaitAsync(http);
            var started = Stopwatch.GetTimestamp();
            using var response = await http.GetAsync(new Uri("/api/history/export?format=csv", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            // Its first line names the columns.
            await lines.ReadLineAsync();
            var read = 0;
            while (read < calls && await lines.ReadLineAsync() is not null) read++;
            return (read, Stopwatch.GetElapsedTime(started), PeakBytes(process.Id));
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static async Task WaitAsync(HttpClient http)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var alive = await http.GetAsync(new Uri("/alive", UriKind.Relative));
                if (alive.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < StartDeadline)
            {
                // It does not listen yet.
            }

            await Task.Delay(100);
        }
    }

    private static long PeakBytes(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
