using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace VoiceBridge.RelayBench.Report;

/// <summary>A server as its own process, with what /proc and its collector say of it.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    /// <summary>Settings of the generator's own runtime (bench/relay.sh), which no measured program inherits.</summary>
    private static readonly string[] OwnSettings = ["DOTNET_TieredCompilation", "DOTNET_gcServer", "DOTNET_gcConcurrent", "DOTNET_GCgen0size"];
    private const int KeptLines = 30;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new();
    private readonly Process _process;
    private readonly string _gcFile = Path.GetTempFileName();
    private readonly Queue<string> _lastLines = new();

    private MeasuredProcess(ProcessStartInfo start)
    {
        foreach (var setting in OwnSettings) start.Environment.Remove(setting);
        start.Environment["RELAYBENCH_GC"] = _gcFile;
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(MeasuredProcess).Assembly.Location;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The server did not start.");
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => { if (!string.IsNullOrWhiteSpace(line.Data)) Console.Error.WriteLine($"  server: {line.Data}"); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>From its start until it said that it was ready.</summary>
    public TimeSpan StartToReady { get; private set; }

    /// <summary>Starts it, on CPU 0 if <paramref name="pinned"/>, and waits until it says that it is ready, or where it has no such word that it is alive.</summary>
    public static MeasuredProcess Start(string dll, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, int port, bool pinned)
    {
        var start = pinned ? new ProcessStartInfo("taskset") { ArgumentList = { "-c", "0", "dotnet" } } : new ProcessStartInfo("dotnet");
        start.ArgumentList.Add(dll);
        start.WorkingDirectory = Path.GetDirectoryName(dll)!;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = new MeasuredProcess(start);
        try
        {
            process.WaitUntilReady(port);
            return process;
        }
        catch
        {
            foreach (var line in process.LastLines()) Console.Error.WriteLine($"  server: {line}");
            process.Dispose();
            throw;
        }
    }

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu() => Machine.CpuOf(_process.Id);

    /// <summary>Resident memory in KiB.</summary>
    public long ResidentKiB()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the program counts itself (<see cref="global::StartupHook"/>), at most half a second old.</summary>
    public ProcessCounters Counters() => ProcessCounters.Parse(File.ReadAllText(_gcFile));

    private void Remember(string? line)
    {
        if (line is null) return;
        lock (_lastLines)
        {
            if (_lastLines.Count == KeptLines) _lastLines.Dequeue();
            _lastLines.Enqueue(line);
        }
    }

    private string[] LastLines()
    {
        lock (_lastLines) return [.. _lastLines];
    }

    private void WaitUntilReady(int port)
    {
        var started = Stopwatch.GetTimestamp();
        var path = "ready";
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}.");
            StartToReady = Stopwatch.GetElapsedTime(started);
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{port}/{path}"));
                using var response = Http.Send(request);
                if (response.IsSuccessStatusCode) return;
                if (response.StatusCode == HttpStatusCode.NotFound) path = "alive";
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (StartToReady > StartTime) throw new TimeoutException($"The server was not ready within {StartTime.TotalSeconds} s.");
            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit(5_000);
        _process.Dispose();
        File.Delete(_gcFile);
    }
}
