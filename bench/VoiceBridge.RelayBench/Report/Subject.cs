using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>A program to measure: how it is started and how a caller reaches it.</summary>
internal abstract record Subject(string Name)
{
    public abstract string Dll { get; }

    /// <summary>The agents' end says more than audio.</summary>
    public virtual bool Converses => false;

    public abstract IEnumerable<string> Arguments(int port, int upstreamPort);

    public virtual IReadOnlyDictionary<string, string> Environment(int port, int upstreamPort) => new Dictionary<string, string>();

    public virtual Func<int, (string Path, string[] Headers)> Request() => static _ => ("/acs/ws", []);

    /// <summary>Starts it, measures it under <paramref name="calls"/> calls, ends it.</summary>
    public Measurement Measure(int calls, TimeSpan warmUp, TimeSpan measured, int? cpu, int frameMicroseconds = LoadRun.UsualFrame)
    {
        var (port, upstreamPort) = (Ports.Free(), Ports.Free());
        using var load = new LoadRun(new(System.Net.IPAddress.Loopback, port), upstreamPort, Request(), Converses, frameMicroseconds);
        using var process = MeasuredProcess.Start(Dll, Arguments(port, upstreamPort), Environment(port, upstreamPort), port, cpu);
        var (cpuBefore, cpuAfter) = (TimeSpan.Zero, TimeSpan.Zero);
        var (gcBefore, gcAfter) = (process.Counters(), process.Counters());
        var resident = 0L;
        var result = load.Run(calls, warmUp, measured, starting =>
        {
            if (starting) (cpuBefore, gcBefore) = (process.Cpu(), process.Counters());
            else (cpuAfter, gcAfter, resident) = (process.Cpu(), process.Counters(), process.ResidentKiB());
        });
        return new Measurement
        {
            Subject = Name,
            Calls = calls,
            Seconds = measured.TotalSeconds,
            CpuMicrosecondsPerFrame = (cpuAfter - cpuBefore).TotalMicroseconds / Math.Max(1, result.Relayed),
            CpuShare = (cpuAfter - cpuBefore) / measured,
            UplinkMs = Percentiles.Of(result.Up),
            DownlinkMs = Percentiles.Of(result.Down),
            Relayed = result.Relayed,
            Lost = result.Lost,
            Misdelivered = result.Misdelivered,
            LateSends = result.LateSends,
            SentUp = result.SentUp,
            ResidentKiB = resident,
            AllocatedBytes = gcAfter.Allocated - gcBefore.Allocated,
            Collections = gcAfter.Collections - gcBefore.Collections,
            PauseMs = gcAfter.PauseMs - gcBefore.PauseMs,
            BargeIns = gcAfter.BargeIns,
            BargeInP99Ms = gcAfter.BargeInP99Ms,
        };
    }
}

/// <summary>A relay of this program.</summary>
internal sealed record OwnRelay(string Name, params string[] Options) : Subject(Name)
{
    public override string Dll => typeof(OwnRelay).Assembly.Location;

    public override IEnumerable<string> Arguments(int port, int upstreamPort) =>
        ["relay", .. Options, "--port", $"{port}", "--upstream", $"ws://127.0.0.1:{upstreamPort}/voice-live/realtime"];
}
