using System.CommandLine;
using VoiceBridge.RelayBench.Load;
using VoiceBridge.RelayBench.Report;

namespace VoiceBridge.RelayBench.Commands;

/// <summary>Memory per call, bytes allocated per frame, and what the collector does in a minute.</summary>
internal static class FootprintCommand
{
    private const int Calls = 100;
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var setting = new Setting();
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3 };
        var command = new Command("footprint", "Memory per call, bytes allocated per frame, collections in a minute.") { rounds };
        setting.AddTo(command);
        command.SetAction(parsed =>
        {
            var (subjects, rig) = (setting.Subjects(parsed), setting.Rig(parsed));
            Console.WriteLine(Table.Head);
            var minute = Measure(Plan(Calls, Minute));
            Console.WriteLine(FormattableString.Invariant($"=> {Calls} calls for a minute: {minute.Collections} collections, {minute.PauseMs:F1} ms of pause, {minute.AllocatedBytes / 1024.0 / 1024.0:F1} MiB allocated"));

            // What is allocated beside the frames (heartbeats, timers) is the same at twice the frames.
            var half = Measure(Plan(Calls, Settled) with { FrameMicroseconds = LoadPlan.UsualFrame * 2 });
            var whole = Measure(Plan(Calls, Settled));
            var perFrame = (double)(whole.AllocatedBytes - half.AllocatedBytes) / (whole.Relayed - half.Relayed);
            Console.WriteLine(FormattableString.Invariant($"=> {perFrame:F2} B allocated per frame; {half.AllocatedBytes / Settled.TotalSeconds / 1024:F0} KiB/s beside the frames"));

            var slopes = new Dictionary<string, double>();
            foreach (var (name, tls) in new[] { ("gateway", false), ("gateway", true), ("raw", false) })
            {
                var points = new List<(double Calls, double KiB)>();
                for (var round = 0; round < parsed.GetValue(rounds); round++)
                    foreach (var calls in new[] { 50, 100, 200 }) points.Add((calls, Measure(Plan(calls, Settled) with { Tls = tls }, name).ResidentKiB));
                var title = tls ? $"{name} with TLS" : name;
                slopes[title] = Slope(points);
                Console.WriteLine(FormattableString.Invariant($"=> {title}: {slopes[title]:F0} KiB of resident memory per call"));
            }

            setting.Save(parsed, new { minute, perFrame, slopes });

            Measurement Measure(LoadPlan plan, string name = "gateway")
            {
                var result = rig.Measure(subjects.Named(name), plan)[0];
                Console.WriteLine(Table.Row(result));
                return result;
            }
        });
        return command;
    }

    private static LoadPlan Plan(int calls, TimeSpan measured) => new() { Calls = calls, Arrival = Arrival, Phases = [Phase.Warm(WarmUp, measured)] };

    /// <summary>Of the least-squares line.</summary>
    private static double Slope(List<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
