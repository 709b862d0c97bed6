using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace VoiceBridge.RelayBench.Report;

/// <summary>A relay as its own process, with what /proc and its collector say of it.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) on every Linux of the last decades
    private readonly Process _process;
    private readonly string _gcFile = Path.GetTempFileName();

    private MeasuredProcess(ProcessStartInfo start)
    {
        start.Environment["RELAYBENCH_GC"] = _gcFile;
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(MeasuredProcess).Assembly.Location;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start) ?? throw new InvalidOperationException("The relay did not start.");
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, line) => { if (!string.IsNullOrWhiteSpace(line.Data)) Console.Error.WriteLine($"  relay: {line.Data}"); };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts it, on one CPU if <paramref name="cpu"/> says which, and waits until <paramref name="port"/> answers.</summary>
    public static MeasuredProcess Start(string dll, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, int port, int? cpu)
    {
        var start = cpu is null ? new ProcessStartInfo("dotnet") : new ProcessStartInfo("taskset") { ArgumentList = { "-c", cpu.Value.ToString(CultureInfo.InvariantCulture), "dotnet" } };
        start.ArgumentList.Add(dll);
        start.WorkingDirectory = Path.GetDirectoryName(dll)!;
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = new MeasuredProcess(start);
        try
        {
            process.WaitForPort(port);
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>User and system time so far.</summary>
    public TimeSpan Cpu()
    {
        var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>Resident memory in KiB.</summary>
    public long ResidentKiB()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the program counts itself (<see cref="global::StartupHook"/>), at most half a second old.</summary>
    public ProcessCounters Counters() => ProcessCounters.Parse(File.ReadAllText(_gcFile));

    private void WaitForPort(int port)
    {
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The relay ended with exit code {_process.ExitCode}.");
            try
            {
                using var probe = new TcpClient();
                probe.Connect("127.0.0.1", port);
                return;
            }
            catch (SocketException) when (DateTime.UtcNow < deadline)
            {
                Thread.Sleep(50);
            }
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
