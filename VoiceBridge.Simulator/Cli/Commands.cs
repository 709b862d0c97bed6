using System.CommandLine;

namespace VoiceBridge.Simulator.Cli;

/// <summary>The command line.</summary>
internal static class Commands
{
    /// <summary>Without a command it serves: so it can be started as a project of an application host.</summary>
    internal static Task<int> RunAsync(string[] args) => Root().Parse(args.Length == 0 ? ["serve"] : args).InvokeAsync();

    internal static RootCommand Root() => new("Stands in for Event Grid, Azure Communication Services and Voice Live, and for the people who call.")
    {
        Serve(),
        Load(),
    };

    private static Command Serve()
    {
        var port = new Option<int?>("--port") { Description = "Where to listen on 127.0.0.1; else Simulator:Port, ASPNETCORE_URLS, or 7100." };
        var webhook = Address("--webhook", "Where Event Grid delivers: the whole URL with its ?code=.");
        var calls = new Option<int>("--calls") { Description = "Calls to place once the webhook is there." };
        var command = new Command("serve", "Runs until it is stopped.") { port, webhook, calls };
        command.SetAction((parsed, cancel) => new ServeCommand(parsed.GetValue(port), parsed.GetValue(webhook), parsed.GetValue(calls)).RunAsync(cancel));
        return command;
    }

    private static Command Load()
    {
        var calls = new Option<int>("--calls") { Description = "Calls in all.", DefaultValueFactory = _ => 10 };
        var rate = new Option<double>("--rate") { Description = "New calls a second.", DefaultValueFactory = _ => 2 };
        var duration = new Option<double>("--duration") { Description = "Seconds of each call.", DefaultValueFactory = _ => 30 };
        var target = Address("--target", "The webhook to call; this process then is the Azure that the system under test must be configured for.");
        var simulator = Address("--simulator", "Instead: a running simulator, which then places the calls.");
        var port = new Option<int?>("--port") { Description = "With --target: where to listen on 127.0.0.1." };
        var script = new Option<string>("--script") { Description = "conversation, default, silent, or measure.", DefaultValueFactory = _ => "conversation" };
        var echo = new Option<bool>("--echo") { Description = "With --target: Voice Live echoes, for round trips (script measure)." };
        script.AcceptOnlyFromAmong("conversation", "default", "silent", "measure");
        var json = new Option<FileInfo?>("--json") { Description = "Where to write the report as JSON." };
        var command = new Command("load", "Places many calls and reports what became of them.") { calls, rate, duration, target, simulator, port, script, echo, json };
        command.Validators.Add(result =>
        {
            try
            {
                if (result.GetValue(target) is null == result.GetValue(simulator) is null) result.AddError("Give either --target or --simulator.");
                // An option that was not given has no value yet while the command line is checked: its default is not to be judged.
                if (Given(calls) && result.GetValue(calls) < 1) result.AddError("--calls must be at least 1.");
                if (Given(rate) && result.GetValue(rate) <= 0) result.AddError("--rate must be more than 0.");
                if (Given(duration) && result.GetValue(duration) <= 0) result.AddError("--duration must be more than 0.");
            }
            catch (InvalidOperationException e)
            {
                // A value that is not of its option's kind.
                result.AddError(e.Message);
            }

            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        });
        command.SetAction((parsed, cancel) => new LoadCommand
        {
            Plan = new Simulator.Load.LoadPlan
            {
                Calls = parsed.GetValue(calls),
                Rate = parsed.GetValue(rate),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Script = parsed.GetValue(script)!,
            },
            Target = parsed.GetValue(target),
            Simulator = parsed.GetValue(simulator),
            Port = parsed.GetValue(port),
            Echo = parsed.GetValue(echo),
            Json = parsed.GetValue(json),
        }.RunAsync(cancel));
        return command;
    }

    /// <summary>The command line's own conversions know no addresses.</summary>
    private static Option<Uri?> Address(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https" }) return address;
            result.AddError($"{name}: must be an http or https address.");
            return null;
        },
    };
}
