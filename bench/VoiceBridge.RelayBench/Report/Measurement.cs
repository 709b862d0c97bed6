using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>One run of one program.</summary>
internal sealed record Measurement
{
    public required string Subject { get; init; }
    public required int Calls { get; init; }
    public required double Seconds { get; init; }
    public required double CpuMicrosecondsPerFrame { get; init; }

    /// <summary>Of one core.</summary>
    public required double CpuShare { get; init; }
    public required Percentiles UplinkMs { get; init; }
    public required Percentiles DownlinkMs { get; init; }
    public required long Relayed { get; init; }
    public required long Lost { get; init; }
    public required long Misdelivered { get; init; }
    public required long LateSends { get; init; }
    public required long SentUp { get; init; }
    public required long ResidentKiB { get; init; }
    public required long AllocatedBytes { get; init; }
    public required int Collections { get; init; }
    public required double PauseMs { get; init; }

    /// <summary>Interruptions that the program itself timed, and the 99th percentile of what they took.</summary>
    public required int BargeIns { get; init; }
    public required double BargeInP99Ms { get; init; }

    /// <summary>The generator could not keep its clock: more than 1 % of its frames went out over 5 ms late.</summary>
    public bool GeneratorLimited => LateSends > SentUp / 100;

    /// <summary>All that the program allocates, heartbeats and telemetry included, over its frames.</summary>
    public double AllocatedBytesPerFrame => (double)AllocatedBytes / Math.Max(1, Relayed);

    public double P99Ms => Math.Max(UplinkMs.P99, DownlinkMs.P99);
}

/// <summary>Latency percentiles in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P99, double P999)
{
    public static Percentiles Of(Latencies samples) => new(samples.Percentile(0.5), samples.Percentile(0.99), samples.Percentile(0.999));
}
