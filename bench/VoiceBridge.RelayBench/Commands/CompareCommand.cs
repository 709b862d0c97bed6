using System.CommandLine;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>Paired runs of one program and others, at the same load.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var setting = new Setting();
        var subject = new Option<string>("--subject") { DefaultValueFactory = _ => "gateway", Description = Subjects.Names };
        var against = new Option<string[]>("--against") { DefaultValueFactory = _ => ["raw", "naive"], AllowMultipleArgumentsPerToken = true };
        var calls = new Option<int[]>("--calls") { DefaultValueFactory = _ => [100, 200], AllowMultipleArgumentsPerToken = true };
        var pairs = new Option<int>("--pairs") { DefaultValueFactory = _ => 6 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 15 };
        var warmUp = new Option<int>("--warm-up") { DefaultValueFactory = _ => 3, Description = "seconds before each measurement" };
        var sideBySide = new Option<bool>("--side-by-side") { Description = "both at once, each with a generator of its own, instead of in turns" };
        var command = new Command("compare", "Paired runs, ABBA, of the gateway and each relay.") { subject, against, calls, pairs, seconds, warmUp, sideBySide };
        setting.AddTo(command);
        command.SetAction(parsed =>
        {
            var subjects = setting.Subjects(parsed);
            var all = new List<ComparisonFigures>();
            foreach (var count in parsed.GetValue(calls)!)
            {
                foreach (var name in parsed.GetValue(against)!)
                {
                    Console.WriteLine(Table.Head);
                    var comparison = new Comparison(subjects.Named(parsed.GetValue(subject)!), subjects.Named(name), count, parsed.GetValue(pairs), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(sideBySide));
                    comparison.Run();
                    all.Add(comparison.Figures());
                    Console.WriteLine(all[^1]);
                }
            }

            setting.Save(parsed, all);
        });
        return command;
    }
}
