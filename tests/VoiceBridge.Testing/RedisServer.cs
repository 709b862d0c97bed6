using System.Diagnostics;
using StackExchange.Redis;
using VoiceBridge.Local.Redis;

namespace VoiceBridge.Testing;

/// <summary>A running Redis server of a test's own, on 127.0.0.1; ends when disposed.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly EmbeddedRedis? _embedded;
    private readonly Process? _process;

    private RedisServer(RedisKind kind, int port, EmbeddedRedis? embedded, Process? process)
    {
        (Kind, Port, _embedded, _process) = (kind, port, embedded, process);
        if (process is not null) AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public RedisKind Kind { get; }

    public int Port { get; }

    /// <summary>For StackExchange.Redis and <c>ConnectionStrings:redis</c>.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},abortConnect=false,connectRetry=10";

    /// <summary>Where <c>redis-server</c> is on this machine, or null.</summary>
    public static string? Executable { get; } = InstalledProgram.Find("redis-server");

    /// <summary>Starts a server on <paramref name="port"/> (0: any free one), empty and without anything on disk.</summary>
    public static async Task<RedisServer> StartAsync(RedisKind kind, int port = 0)
    {
        if (kind == RedisKind.Garnet)
        {
            var embedded = EmbeddedRedis.Start(port);
            return new RedisServer(kind, embedded.Port, embedded, null);
        }

        var executable = Executable ?? throw new InvalidOperationException("redis-server is not installed.");
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port == 0 ? FreePort.Find() : port;
            var server = new RedisServer(kind, chosen, null, StartProcess(executable, chosen, kind == RedisKind.RedisCluster));
            if (await server.AnswersAsync() && (kind != RedisKind.RedisCluster || await server.ServesAllSlotsAsync())) return server;
            await server.DisposeAsync();
            if (attempt == 3 || port != 0) throw new InvalidOperationException($"redis-server does not start on port {chosen}.");
        }
    }

    /// <summary>A new connection to it.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var options = ConfigurationOptions.Parse(ConnectionString);
        options.AllowAdmin = true;
        // The machine that tests run on may be busy with many of them.
        options.AsyncTimeout = options.SyncTimeout = options.ConnectTimeout = 30_000;
        // The default waits half the connect timeout before it tries again.
        options.ReconnectRetryPolicy = new LinearRetry(200);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        _embedded?.Dispose();
        if (_process is null) return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (Kind != RedisKind.RedisCluster) return;
        foreach (var left in Directory.EnumerateFiles(Path.GetTempPath(), NodesFile(Port))) File.Delete(left);
    }

    private static Process StartProcess(string executable, int port, bool cluster)
    {
        string[] arguments =
        [
            .. cluster ? (string[])["--cluster-enabled", "yes", "--cluster-config-file", NodesFile(port), "--cluster-port", $"{FreePort.Find()}", "--cluster-announce-ip", "127.0.0.1"] : [],
            "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
            "--dir", Path.GetTempPath(), "--loglevel", "warning", "--logfile", OperatingSystem.IsWindows() ? "NUL" : "/dev/null",
        ];
        return Process.Start(new ProcessStartInfo(executable, arguments) { UseShellExecute = false, CreateNoWindow = true })
            ?? throw new InvalidOperationException($"{executable} does not start.");
    }

    private async Task<bool> AnswersAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartDeadline && !_process!.HasExited)
        {
            try
            {
                await using var probe = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},connectTimeout=1000,connectRetry=0");
                var about = (string?)await probe.GetDatabase().ExecuteAsync("INFO", "server") ?? "";
                // Another server may have had the port before; ours is about to exit then.
                return about.Contains($"process_id:{_process.Id}\r\n", StringComparison.Ordinal);
            }
            catch (RedisException)
            {
                await Task.Delay(20);
            }
        }

        return false;
    }

    /// <summary>A node that has all slots is a cluster. The file that it keeps of that is not needed any more.</summary>
    private async Task<bool> ServesAllSlotsAsync()
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{Port},allowAdmin=true,connectTimeout=5000");
        await admin.GetDatabase().ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartDeadline)
        {
            var state = (string?)await admin.GetDatabase().ExecuteAsync("CLUSTER", "INFO") ?? "";
            if (state.Contains("cluster_state:ok", StringComparison.Ordinal)) return true;
            await Task.Delay(20);
        }

        return false;
    }

    private static string NodesFile(int port) => $"voicebridge-{Environment.ProcessId}-{port}-nodes.conf";

    private void OnProcessExit(object? sender, EventArgs e) => Kill();

    private void Kill()
    {
        try
        {
            _process!.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
