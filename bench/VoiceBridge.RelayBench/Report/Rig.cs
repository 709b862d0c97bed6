using System.Net;
using VoiceBridge.RelayBench.Cloud;
using VoiceBridge.RelayBench.Load;
using VoiceBridge.RelayBench.Relays;

namespace VoiceBridge.RelayBench.Report;

/// <summary>Runs one program under one load and puts together what generator, /proc and the program itself saw.</summary>
internal sealed class Rig(CloudClient cloud, IReadOnlyList<int> helpers)
{
    /// <summary>Compiles the generator's code before anything is measured: a second of calls through the floor, in this process.</summary>
    public static void WarmUp()
    {
        var (port, upstreamPort) = (Ports.Free(), Ports.Free());
        new Thread(() => FloorRelay.Run(port, new Uri($"ws://127.0.0.1:{upstreamPort}/"))) { IsBackground = true, Name = "floor" }.Start();
        var plan = new LoadPlan { Calls = 20, Arrival = TimeSpan.Zero, Phases = [Phase.Cold(TimeSpan.FromSeconds(1))], Talk = Talk.Turns };
        using var load = new LoadRun(plan, upstreamPort, tls: null);
        Thread.Sleep(100);
        var window = load.Run(new EvenArrivals([.. Enumerable.Repeat(new CallerRequest(port, "/", []), plan.Calls)], plan.Arrival), (_, _) => { })[0];
        if (window.Lost > 0 || load.Dropped.Count > 0) throw new InvalidOperationException($"The generator does not work: {window.Lost} frames lost, {string.Join("; ", load.Dropped)}.");
    }

    /// <summary>One measurement for each phase of the plan.</summary>
    public IReadOnlyList<Measurement> Measure(Subject subject, LoadPlan asked, int round = 0)
    {
        var plan = asked with { Talk = subject.TalkOf(asked.Talk) };
        var upstreamPort = Ports.Free();
        using var server = subject.Start(plan, new Uri(plan.Tls ? $"wss://localhost:{upstreamPort}/" : $"ws://{IPAddress.Loopback}:{upstreamPort}/"));
        using var load = new LoadRun(plan, upstreamPort, plan.Tls ? cloud.Tls() : null);
        var process = server.Process;
        int[] beside = [.. helpers, .. server.Beside.Select(helper => helper.Id)];
        var usages = new Dictionary<string, (Usage Before, Usage After)>();
        var windows = load.Run(server.Arrivals(), (phase, begins) =>
        {
            var now = new Usage(process.Cpu(), process.Counters(), process.ResidentKiB(), Machine.Busy(), Machine.CpuOf(Environment.ProcessId), new TimeSpan(beside.Sum(id => Machine.CpuOf(id).Ticks)));
            usages[phase.Name] = begins ? (now, now) : (usages[phase.Name].Before, now);
        });
        foreach (var reason in load.Dropped.CountBy(reason => reason)) Console.WriteLine($"  {subject.Name}: {reason.Value} calls dropped, {reason.Key}");
        var answers = server.Answers();
        return [.. windows.Select(window => Measurement(window, usages[window.Phase.Name].Before, usages[window.Phase.Name].After))];

        Measurement Measurement(LoadWindow window, Usage before, Usage after) => new()
        {
            Subject = subject.Name,
            Phase = window.Phase.Name,
            Round = round,
            Calls = plan.Calls,
            Seconds = window.Phase.Duration.TotalSeconds,
            StartToReadyMs = process.StartToReady.TotalMilliseconds,
            CpuMicrosecondsPerFrame = (after.Cpu - before.Cpu).TotalMicroseconds / Math.Max(1, window.Relayed),
            CpuShare = (after.Cpu - before.Cpu) / window.Phase.Duration,
            RoundTripMs = Percentiles.Of(window.RoundTrip),
            FromScheduleMs = Percentiles.Of(window.FromSchedule),
            UplinkMs = Percentiles.Of(window.Up),
            DownlinkMs = Percentiles.Of(window.Down),
            Relayed = window.Relayed,
            Lost = window.Lost,
            Misdelivered = window.Misdelivered,
            Dropped = load.Dropped.Count,
            LateSends = window.LateSends,
            SentUp = window.SentUp,
            GeneratorMicrosecondsPerFrame = window.GeneratorCpu.TotalMicroseconds / Math.Max(1, window.Relayed),
            HelpersShare = (after.Helpers - before.Helpers) / window.Phase.Duration,
            OthersShare = Math.Max(0, (after.Busy - before.Busy - (after.Cpu - before.Cpu) - (after.Own - before.Own) - (after.Helpers - before.Helpers)) / window.Phase.Duration),
            ResidentKiB = after.ResidentKiB,
            AllocatedBytes = after.Counters.Allocated - before.Counters.Allocated,
            Collections = after.Counters.Collections - before.Counters.Collections,
            PauseMs = after.Counters.PauseMs - before.Counters.PauseMs,
            BargeInMs = [.. after.Counters.BargeInMs.Skip(before.Counters.BargeInMs.Count).Order()],
            FirstAnswerMs = answers.Count > 0 ? answers[0] : null,
            LaterAnswerMs = answers.Count > 0 ? Quartiles.Of(answers.Count > 110 ? answers.Skip(89).Take(21) : answers.TakeLast(Math.Max(1, answers.Count / 10))).Median : null,
        };
    }

    private readonly record struct Usage(TimeSpan Cpu, ProcessCounters Counters, long ResidentKiB, TimeSpan Busy, TimeSpan Own, TimeSpan Helpers);
}
