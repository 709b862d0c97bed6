using System.CommandLine;
using System.Globalization;

namespace VoiceBridge.Local.Cli;

/// <summary>The command line of <c>./up.sh</c>.</summary>
internal static class CommandLine
{
    // Calls are hung up and services stopped in order before the process ends.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(60);

    public static Task<int> RunAsync(string[] args) =>
        Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout });

    internal static RootCommand Create()
    {
        var root = new RootCommand("VoiceBridge on this machine: the whole system in one process, with simulated phone calls.");
        root.SetAction(Bind(root));
        root.Subcommands.Add(Redis());
        return root;
    }

    private static Func<ParseResult, CancellationToken, Task<int>> Bind(RootCommand root)
    {
        var gateways = Count("--gateways", 2, 1, 10, "Media gateways.");
        var controls = Count("--controls", 2, 1, 10, "CallControl replicas.");
        var callers = Count("--callers", 3, 0, 500, "Callers on the phone.");
        var web = Count("--web", 0, 0, 100, "Callers in a browser, beside them.");
        var seconds = new Option<int?>("--seconds") { Description = "Length of the calls; then everything ends. Without it: until Ctrl-C (20 when headless)." };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--seconds: at least 1.");
        });
        var headless = new Option<bool>("--headless") { Description = "Plain lines and a summary; exit code 0 only when all was well." };
        var record = new Option<DirectoryInfo?>("--record") { Description = "Write each call as a stereo WAV: caller left, agent right." };
        var redis = new Option<string?>("--redis") { Description = "host:port of a Redis server; without it one runs in this process." };
        var history = new Option<string?>("--history") { Description = "SQLite file in which ended calls are kept, or 'none'. Without it: history.db in this user's application data." };
        var demo = new Option<bool>("--demo") { Description = "Two conversations that show everything: tools, barge-in, goodbye, a transfer that comes back and one that does not." };
        var processes = new Option<bool>("--processes") { Description = "Gateways and CallControls as processes of their own, so that they can be killed." };
        var verbose = new Option<bool>("--verbose") { Description = "Show the services' log from Information on, not from Warning." };
        foreach (var option in (Option[])[gateways, controls, callers, web, seconds, headless, record, redis, history, demo, processes, verbose])
            root.Options.Add(option);

        return (given, cancellationToken) => RunCommand.RunAsync(
            new RunOptions
            {
                Callers = given.GetValue(callers),
                WebCallers = given.GetValue(web),
                Seconds = given.GetValue(seconds),
                Headless = given.GetValue(headless),
                Demo = given.GetValue(demo),
                Verbose = given.GetValue(verbose),
                System = new LocalOptions
                {
                    Gateways = given.GetValue(gateways),
                    Controls = given.GetValue(controls),
                    Redis = given.GetValue(redis),
                    History = HistoryFile.ConnectionString(given.GetValue(history)),
                    RecordFolder = given.GetValue(record)?.FullName,
                    Processes = given.GetValue(processes),
                    UsualPorts = true,
                    Given = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables().Build(),
                },
            },
            cancellationToken);
    }

    private static Command Redis()
    {
        var port = new Option<int>("--port") { Description = "The port on 127.0.0.1.", DefaultValueFactory = _ => 6379 };
        var command = new Command("redis", "Only the embedded Redis server.") { port };
        command.SetAction((given, cancellationToken) => RedisCommand.RunAsync(given.GetValue(port), cancellationToken));
        return command;
    }

    private static Option<int> Count(string name, int usual, int min, int max, string description)
    {
        var option = new Option<int>(name) { Description = string.Create(CultureInfo.InvariantCulture, $"{description} {min} to {max}."), DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && (value < min || value > max))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: {min} to {max}, not {value}."));
        });
        return option;
    }
}
