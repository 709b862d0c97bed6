using System.CommandLine;
using VoiceBridge.RelayBench.Load;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>How many calls one core carries.</summary>
internal static class CapacityCommand
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var setting = new Setting();
        var from = new Option<int>("--from") { DefaultValueFactory = _ => 50 };
        var step = new Option<int>("--step") { DefaultValueFactory = _ => 25 };
        var most = new Option<int>("--most") { DefaultValueFactory = _ => 800 };
        var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 20 };
        var subjects = new Option<string[]>("--subjects") { DefaultValueFactory = _ => ["gateway", "raw", "naive", "floor"], AllowMultipleArgumentsPerToken = true, Description = Subjects.Names };
        var command = new Command("capacity", "Calls that one core carries with no frame lost and p99 under 50 ms: server on CPU 0, generator on CPU 1.") { from, step, most, seconds, subjects };
        setting.AddTo(command);
        command.SetAction(parsed =>
        {
            var rig = setting.Rig(parsed);
            Console.WriteLine(Table.Head);
            var all = new List<CapacityFigures>();
            foreach (var name in parsed.GetValue(subjects)!)
            {
                all.Add(Capacity.Find(
                    rig, setting.Subjects(parsed).Named(name), parsed.GetValue(from), parsed.GetValue(step), parsed.GetValue(most), Phase.Warm(WarmUp, TimeSpan.FromSeconds(parsed.GetValue(seconds)))));
                Console.WriteLine($"=> {all[^1].Subject}: {all[^1].Calls} calls on one core ({all[^1].EndedBy})");
            }

            setting.Save(parsed, all);
        });
        return command;
    }
}
