using System.CommandLine;
using VoiceBridge.RelayBench.Load;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>Rounds of one program and others, at the same load.</summary>
internal static class CompareCommand
{
    private const int FrameMs = LoadPlan.UsualFrame / 1000;

    public static Command Create()
    {
        var setting = new Setting();
        var subject = new Option<string>("--subject") { DefaultValueFactory = _ => "gateway", Description = Subjects.Names };
        var against = new Option<string[]>("--against") { DefaultValueFactory = _ => ["raw", "raw-inline", "naive", "floor"], AllowMultipleArgumentsPerToken = true, Description = "or none" };
        var calls = new Option<int[]>("--calls") { DefaultValueFactory = _ => [100, 200, 300, 400], AllowMultipleArgumentsPerToken = true };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
        var phases = new Option<string[]>("--phases") { DefaultValueFactory = _ => ["cold", "warm"], AllowMultipleArgumentsPerToken = true };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 15, Description = "of each phase" };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 30, Description = "seconds after ready when the warm phase begins" };
        var arrival = new Option<double>("--arrival") { DefaultValueFactory = _ => 4, Description = "seconds within which the calls come" };
        var delta = new Option<int>("--delta") { DefaultValueFactory = _ => FrameMs, Description = "milliseconds of audio in each of the agent's messages" };
        var conversations = new Option<bool>("--conversations") { Description = "caller and agent take turns, with interruptions, instead of an echo" };
        var tls = new Option<bool>("--tls") { Description = "TLS to the agents' end" };
        var pinned = new Option<bool>("--pinned") { Description = "server on CPU 0, generator on CPU 1; else both share all cores" };
        var spin = new Option<bool>("--spin") { Description = "the generator never sleeps" };
        var sideBySide = new Option<bool>("--side-by-side") { Description = "both at once, each with a generator of its own, instead of in turns" };
        var retries = new Option<int>("--retries") { DefaultValueFactory = _ => 0, Description = "how often a run is repeated when somebody else used the machine" };
        var csv = new Option<string?>("--csv") { Description = "a file for one line per run and phase" };
        var command = new Command("compare", "Runs in turns, forwards and backwards, of a program and its rivals.")
        {
            subject, against, calls, rounds, phases, seconds, warmUp, arrival, delta, conversations, tls, pinned, spin, sideBySide, retries, csv,
        };
        setting.AddTo(command);
        command.SetAction(parsed =>
        {
            var (subjects, rig) = (setting.Subjects(parsed), setting.Rig(parsed));
            var compared = parsed.GetValue(against)!.Where(name => name != "none").Prepend(parsed.GetValue(subject)!).Select(subjects.Named).ToList();
            var length = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            var all = new List<ComparisonFigures>();
            foreach (var count in parsed.GetValue(calls)!)
            {
                var plan = new LoadPlan
                {
                    Calls = count,
                    Arrival = TimeSpan.FromSeconds(parsed.GetValue(arrival)),
                    Phases = [.. parsed.GetValue(phases)!.Select(name => name == "cold" ? Phase.Cold(length) : Phase.Warm(TimeSpan.FromSeconds(parsed.GetValue(warmUp)), length))],
                    FramesPerDelta = Math.Max(1, parsed.GetValue(delta) / FrameMs),
                    Talk = parsed.GetValue(conversations) ? Talk.Turns : Talk.Echo,
                    Tls = parsed.GetValue(tls),
                    Pinned = parsed.GetValue(pinned),
                    Spins = parsed.GetValue(spin),
                };
                Console.WriteLine(Table.Head);
                all.Add(new Comparison(rig, compared, plan, parsed.GetValue(rounds), parsed.GetValue(retries), parsed.GetValue(sideBySide)).Run());
                Console.WriteLine(Table.Markdown(all[^1]));
                setting.Save(parsed, all);
                if (parsed.GetValue(csv) is { } file) File.WriteAllText(file, Table.Csv(all));
            }
        });
        return command;
    }
}
