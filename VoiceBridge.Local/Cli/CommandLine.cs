using System.CommandLine;
using System.Globalization;
using VoiceBridge.Local.Joining;

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
        root.Subcommands.Add(Init());
        root.Subcommands.Add(Join());
        root.Subcommands.Add(Redis());
        return root;
    }

    private static Func<ParseResult, CancellationToken, Task<int>> Bind(RootCommand root)
    {
        var gateways = Count("--gateways", 2, 0, 10, "Media gateways; 0: only one of your own, see join.");
        var controls = Count("--controls", 2, 1, 10, "CallControl replicas.");
        var callers = Count("--callers", 3, 0, 500, "Callers on the phone.");
        var twilio = Count("--twilio", 0, 0, 500, "Callers on the phone over Twilio, beside them.");
        var web = Count("--web", 0, 0, 100, "Callers in a browser, beside them.");
        var seconds = new Option<int?>("--seconds") { Description = "Length of the calls; then everything ends. Without it: until Ctrl-C (20 when headless)." };
        seconds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1) result.AddError("--seconds: at least 1.");
        });
        var headless = new Option<bool>("--headless") { Description = "Plain lines and a summary; exit code 0 only when all was well." };
        var record = new Option<DirectoryInfo?>("--record") { Description = "Write each phone call as a stereo WAV: caller left, agent right. Browser callers are not recorded." };
        var redis = new Option<string?>("--redis") { Description = "host:port of a Redis server; without it one runs in this process." };
        var history = new Option<string?>("--history") { Description = "SQLite file in which ended calls are kept, or 'none'. Without it: history.db in this user's application data." };
        var demo = new Option<bool>("--demo") { Description = "Two conversations that show everything: tools, barge-in, goodbye, a transfer that comes back and one that does not." };
        var processes = new Option<bool>("--processes") { Description = "Gateways and CallControls as processes of their own, so that they can be killed." };
        var verbose = new Option<bool>("--verbose") { Description = "Show the services' log from Information on, not from Warning." };
        var set = new Option<string[]>("--set") { Description = "A setting, over those of voicebridge.json: --set Agents:default:Greeting=Hello. May be repeated.", HelpName = "Name=Value" };
        foreach (var option in (Option[])[set, gateways, controls, callers, twilio, web, seconds, headless, record, redis, history, demo, processes, verbose])
            root.Options.Add(option);

        return (given, cancellationToken) => RunCommand.RunAsync(
            new RunOptions
            {
                Callers = given.GetValue(callers),
                TwilioCallers = given.GetValue(twilio),
                WebCallers = given.GetValue(web),
                Seconds = given.GetValue(seconds),
                Headless = given.GetValue(headless),
                Demo = given.GetValue(demo),
                Verbose = given.GetValue(verbose),
                Set = given.GetValue(set) ?? [],
                System = new LocalOptions
                {
                    Gateways = given.GetValue(gateways),
                    Controls = given.GetValue(controls),
                    Twilio = given.GetValue(twilio) > 0,
                    Redis = given.GetValue(redis),
                    History = HistoryFile.ConnectionString(given.GetValue(history)),
                    RecordFolder = given.GetValue(record)?.FullName,
                    Processes = given.GetValue(processes),
                    UsualPorts = true,
                    Joinable = true,
                },
            },
            cancellationToken);
    }

    private static Command Init()
    {
        var command = new Command("init", "Write a commented voicebridge.json to this folder: your agents, tools, and real services.");
        command.SetAction(_ => InitCommand.Run(Environment.CurrentDirectory, Console.Out, Console.Error));
        return command;
    }

    private static Command Join()
    {
        var service = new Argument<string>("service") { Description = "gateway or callcontrol.", DefaultValueFactory = _ => JoinInfo.Gateway };
        service.AcceptOnlyFromAmong(JoinInfo.Gateway, JoinInfo.CallControl);
        var launchSettings = new Option<bool>("--launch-settings") { Description = "As launchSettings.json for an IDE, instead of lines for a shell." };
        var command = new Command("join", "Print what a gateway or a CallControl of your own needs to join the local system that runs.") { service, launchSettings };
        command.SetAction(given => JoinCommand.Run(given.GetValue(service)!, given.GetValue(launchSettings), Console.Out, Console.Error));
        return command;
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
