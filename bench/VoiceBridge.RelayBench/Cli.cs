using System.CommandLine;
using System.Text.Json;
using VoiceBridge.RelayBench.Relays;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench;

/// <summary>The commands: <c>relay</c> runs one of the comparison relays, <c>compare</c> and <c>capacity</c> measure the gateway against them.</summary>
internal static class Cli
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static RootCommand Create() => new("Measures the media gateway against a raw and a naive WebSocket relay.") { Relay(), Compare(), CapacityOfOneCore() };

    private static Command Relay()
    {
        var naive = new Option<bool>("--naive");
        var inline = new Option<bool>("--inline");
        var port = new Option<int>("--port") { Required = true };
        var upstream = new Option<Uri>("--upstream") { Required = true, CustomParser = result => new Uri(result.Tokens[0].Value) };
        var command = new Command("relay", "Runs a relay to compare with.") { naive, inline, port, upstream };
        command.SetAction(parsed => parsed.GetValue(naive)
            ? NaiveRelay.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(upstream))
            : RawRelay.RunAsync(parsed.GetValue(port), parsed.GetRequiredValue(upstream), parsed.GetValue(inline)));
        return command;
    }

    private static Command Compare()
    {
        var gateway = GatewayOption();
        var calls = new Option<int[]>("--calls") { DefaultValueFactory = _ => [100, 200], AllowMultipleArgumentsPerToken = true };
        var against = new Option<string[]>("--against") { DefaultValueFactory = _ => ["raw", "naive"], AllowMultipleArgumentsPerToken = true };
        var pairs = new Option<int>("--pairs") { DefaultValueFactory = _ => 6 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 15 };
        var output = new Option<string?>("--json");
        var settings = new Option<string[]>("--set") { Description = "NAME=VALUE for the gateway's environment", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("compare", "Paired runs, ABBA, of the gateway and each relay.") { gateway, calls, against, pairs, seconds, output, settings };
        command.SetAction(parsed =>
        {
            var subject = new Gateway("gateway", parsed.GetRequiredValue(gateway), Settings(parsed.GetValue(settings)!));
            var all = new List<object>();
            foreach (var count in parsed.GetValue(calls)!)
            {
                foreach (var name in parsed.GetValue(against)!)
                {
                    Console.WriteLine(Table.Head);
                    var comparison = new Comparison(subject, Named(name, subject), count, parsed.GetValue(pairs), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cpu: null);
                    comparison.Run();
                    var (cpu, p99) = (comparison.Ratio(m => m.CpuMicrosecondsPerFrame), comparison.Ratio(m => m.P99Ms));
                    Console.WriteLine(FormattableString.Invariant($"=> {count} calls, gateway / {name}: CPU per frame {cpu.Median:F2} [{cpu.Lower:F2}, {cpu.Upper:F2}], p99 {p99.Median:F2} [{p99.Lower:F2}, {p99.Upper:F2}]"));
                    all.Add(new { calls = count, against = name, cpuPerFrame = cpu, p99, runs = comparison.Pairs.Select(pair => new { pair.Subject, pair.Against }) });
                }
            }

            if (parsed.GetValue(output) is { } path) File.WriteAllText(path, JsonSerializer.Serialize(all, Json));
        });
        return command;
    }

    private static Command CapacityOfOneCore()
    {
        var gateway = GatewayOption();
        var from = new Option<int>("--from") { DefaultValueFactory = _ => 50 };
        var step = new Option<int>("--step") { DefaultValueFactory = _ => 25 };
        var most = new Option<int>("--most") { DefaultValueFactory = _ => 800 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 20 };
        var subjects = new Option<string[]>("--subjects") { DefaultValueFactory = _ => ["gateway", "raw", "naive"], AllowMultipleArgumentsPerToken = true };
        var command = new Command("capacity", "Calls that one core carries with no frame lost and p99 under 50 ms. Run this under taskset -c 1.") { gateway, from, step, most, seconds, subjects };
        command.SetAction(parsed =>
        {
            Console.WriteLine(Table.Head);
            foreach (var name in parsed.GetValue(subjects)!)
            {
                var own = new Gateway("gateway", parsed.GetRequiredValue(gateway), new Dictionary<string, string>());
                var (held, endedBy) = Capacity.Find(Named(name, own), parsed.GetValue(from), parsed.GetValue(step), parsed.GetValue(most), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
                Console.WriteLine($"=> {name}: {held} calls on one core ({endedBy})");
            }
        });
        return command;
    }

    private static Option<string> GatewayOption() => new("--gateway") { Required = true, Description = "VoiceBridge.MediaGateway.dll as published" };

    private static Subject Named(string name, Gateway gateway) => name switch
    {
        "gateway" => gateway,
        "raw" => new OwnRelay("raw"),
        "raw-inline" => new OwnRelay("raw-inline", "--inline"),
        "naive" => new OwnRelay("naive", "--naive"),
        _ => throw new ArgumentException($"No relay is called '{name}': raw, raw-inline, naive."),
    };

    private static Dictionary<string, string> Settings(string[] pairs) =>
        pairs.Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "");
}
