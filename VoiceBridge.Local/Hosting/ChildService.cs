using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using VoiceBridge.ServiceDefaults.Hosting;

namespace VoiceBridge.Local.Hosting;

/// <summary>A service in a process of its own: it can be killed. Its settings go to it as environment variables.</summary>
internal sealed class ChildService : Service
{
    private const string SetSid = "/usr/bin/setsid";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(40);
    private const int KeptErrors = 20;
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildService(Process process) => _process = process;

    public override bool Running => !_process.HasExited;

    /// <summary>The process's id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Starts <paramref name="assembly"/> (a service's dll beside this one) and waits until it answers.</summary>
    internal static async Task<ChildService> StartAsync(
        string name,
        int port,
        string assembly,
        IReadOnlyDictionary<string, string?> settings,
        Action<string> output,
        CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        // A session of its own, so that Ctrl-C in the terminal reaches us alone and services are stopped in order.
        var ownSession = File.Exists(SetSid);
        var start = new ProcessStartInfo(ownSession ? SetSid : dotnet)
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, assembly), "--environment", Environments.Development, "--urls", address.ToString() },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (ownSession) start.ArgumentList.Insert(0, dotnet);
        // One line for each thing it says.
        start.Environment["Logging__Console__FormatterName"] = "simple";
        start.Environment["Logging__Console__FormatterOptions__SingleLine"] = "true";
        foreach (var (key, value) in settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;

        var process = new Process { StartInfo = start };
        var service = new ChildService(process) { Name = name, Address = address };
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) =>
        {
            if (service._errors.Count < KeptErrors && !string.IsNullOrWhiteSpace(line.Data)) service._errors.Enqueue(line.Data);
            Say(line.Data);
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await service.WaitUntilAliveAsync(cancellationToken);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
        return service;

        void Say(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line)) output(string.Create(CultureInfo.InvariantCulture, $"{DateTime.Now:HH:mm:ss.fff} {name} {line}"));
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!Running) return;
        using (var term = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            await term.WaitForExitAsync(cancellationToken);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StopDeadline);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    public override async Task KillAsync()
    {
        if (!Running) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private async Task WaitUntilAliveAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        using var http = new HttpClient { BaseAddress = Address };
        while (true)
        {
            try
            {
                if (!Running) throw await WhyAsync();
                using var response = await http.GetAsync(new Uri("/alive", UriKind.Relative), deadline.Token);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>A service says what is wrong with its settings on standard error.</summary>
    private async Task<Exception> WhyAsync()
    {
        // Its streams have been read to their ends afterwards.
        await _process.WaitForExitAsync();
        return _process.ExitCode == ServiceProcess.WrongSettings
            ? LocalStartException.Of(_errors)
            : new InvalidOperationException($"{Name} ended with exit code {_process.ExitCode} instead of starting. {_errors.FirstOrDefault()}");
    }
}
