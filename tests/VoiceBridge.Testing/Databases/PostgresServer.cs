using System.Diagnostics;
using System.Globalization;

namespace VoiceBridge.Testing.Databases;

/// <summary>A PostgreSQL server of a test's own, on 127.0.0.1 and in a temporary folder; ends when disposed. Nobody needs a password.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The account that Debian's packages make: the server refuses to run as root.</summary>
    private const string Account = "postgres";

    private static readonly string[] Programs = ["initdb", "pg_ctl", "psql"];

    private readonly string _folder;
    private bool _running;

    private PostgresServer(string folder, int port)
    {
        (_folder, Port) = (folder, port);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>Why there can be none here; null where there can.</summary>
    public static string? WhyNot { get; } = Bin is null ? "PostgreSQL is not installed on this machine"
        : Environment.IsPrivilegedProcess && InstalledProgram.Find("runuser") is null ? "PostgreSQL does not run as root, and runuser is missing" : null;

    public int Port { get; }

    /// <summary>Where its files are.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The folder of its programs: Debian puts it on nobody's path.</summary>
    private static string? Bin => field ??= Folders().FirstOrDefault(folder => Programs.All(program => File.Exists(Path.Combine(folder, program))));

    public string ConnectionString(string database = "postgres") => $"Host=127.0.0.1;Port={Port};Database={database};Username={Account};Timeout=15;Include Error Detail=true";

    public static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("voicebridge-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", [Account, folder]);
        var server = new PostgresServer(folder, FreePort.Find());
        await RunPostgresAsync("initdb", ["-D", server.DataFolder, "-U", Account, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        await server.StartServerAsync();
        return server;
    }

    /// <summary>Starts it again after <see cref="StopAsync"/>, on the same port and with what it had.</summary>
    public async Task StartServerAsync()
    {
        // Without fsync: what it has is thrown away. But what it has said to be written outlasts being stopped.
        await RunPostgresAsync("pg_ctl", ["start", "-w", "-t", "60", "-D", DataFolder, "-l", Path.Combine(_folder, "log"),
            "-o", $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200"]);
        _running = true;
    }

    /// <summary>Stops it at once; connections break.</summary>
    public async Task StopAsync()
    {
        if (!_running) return;
        _running = false;
        await RunPostgresAsync("pg_ctl", ["stop", "-m", "immediate", "-w", "-D", DataFolder]);
    }

    /// <summary>Runs one of the server's own programs against it, as psql.</summary>
    public async Task ExecuteAsync(string sql, string database = "postgres")
    {
        string[] arguments = [Path.Combine(Bin!, "psql"), "-X", "-h", "127.0.0.1", "-p", $"{Port}", "-U", Account, "-d", database, "-v", "ON_ERROR_STOP=1", "-q", "-c", sql];
        using var process = Process.Start(new ProcessStartInfo(arguments[0], arguments[1..]) { RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"psql failed with {process.ExitCode}: {error}");
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        if (!_running) return;
        using var process = StartPostgres("pg_ctl", ["stop", "-m", "immediate", "-D", DataFolder]);
        process.WaitForExit(TimeSpan.FromSeconds(10));
    }

    private static IEnumerable<string> Folders()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.EnumerateDirectories(Debian) : [];
        return versions.OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
    }

    private static Task RunPostgresAsync(string program, string[] arguments) => RunAsync(StartPostgres(program, arguments), program);

    private static Task RunAsync(string program, string[] arguments) => RunAsync(Start(program, arguments), program);

    private static Process StartPostgres(string program, string[] arguments)
    {
        var path = Path.Combine(Bin!, program);
        return Environment.IsPrivilegedProcess ? Start("runuser", ["-u", Account, "--", path, .. arguments]) : Start(path, arguments);
    }

    // To nowhere: the server inherits the handles, and would keep a pipe open for as long as it runs.
    private static Process Start(string program, string[] arguments)
    {
        var info = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = Path.GetTempPath(), UseShellExecute = false };
        return Process.Start(info) ?? throw new InvalidOperationException($"{program} does not start.");
    }

    private static async Task RunAsync(Process process, string program)
    {
        using (process)
        {
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed with {process.ExitCode}.");
        }
    }
}
