using System.Diagnostics;
using System.Globalization;

namespace VoiceBridge.DashboardBench;

/// <summary>The published dashboard as a process of its own, and what /proc says of it.</summary>
internal sealed class DashboardProcess : IDisposable
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on every Linux of the last decades
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);
    private readonly Process _process;

    private DashboardProcess(Process process) => _process = process;

    /// <summary>Starts it and waits until it answers.</summary>
    public static async Task<DashboardProcess> StartAsync(string dll, Uri url, IReadOnlyDictionary<string, string?> settings, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("dotnet", [dll]) { WorkingDirectory = Path.GetDirectoryName(dll)!, RedirectStandardOutput = true };
        foreach (var (name, value) in settings) start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["ASPNETCORE_URLS"] = url.GetLeftPart(UriPartial.Authority);
        // Open without a sign-in there, on loopback.
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Logging__LogLevel__Default"] = "Error";
        var process = Process.Start(start) ?? throw new InvalidOperationException("The dashboard did not start.");
        process.OutputDataReceived += (_, line) => { if (!string.IsNullOrWhiteSpace(line.Data)) Console.Error.WriteLine($"  dashboard: {line.Data}"); };
        process.BeginOutputReadLine();
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                (await http.GetAsync(new Uri(url, "/alive"), cancel)).Dispose();
                return new DashboardProcess(process);
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                await Task.Delay(20, cancel);
            }
        }
    }

    /// <summary>The processor time that it took so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            // The name, in brackets, may hold blanks; user and system time are the 12th and 13th field after it.
            var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
        }
    }

    public double ResidentMiB =>
        Number(File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;

    /// <summary>Asks it to end, as an orchestrator does.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(StopDeadline);
        await _process.WaitForExitAsync(deadline.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static double Number(string field) => double.Parse(field, CultureInfo.InvariantCulture);
}
