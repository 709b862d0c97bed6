using VoiceBridge.RelayBench.Load;

namespace VoiceBridge.RelayBench.Report;

/// <summary>One program in one phase of one run.</summary>
internal sealed record Measurement
{
    public required string Subject { get; init; }
    public required string Phase { get; init; }
    public required int Round { get; init; }
    public required int Calls { get; init; }
    public required double Seconds { get; init; }

    /// <summary>From the process's start until it said that it was ready.</summary>
    public required double StartToReadyMs { get; init; }
    public required double CpuMicrosecondsPerFrame { get; init; }

    /// <summary>Of one core.</summary>
    public required double CpuShare { get; init; }

    /// <summary>From the caller's send to the arrival of the agent's answer.</summary>
    public required Percentiles RoundTripMs { get; init; }

    /// <summary>The same from when the caller's frame was due.</summary>
    public required Percentiles FromScheduleMs { get; init; }
    public required Percentiles UplinkMs { get; init; }
    public required Percentiles DownlinkMs { get; init; }
    public required long Relayed { get; init; }
    public required long Lost { get; init; }
    public required long Misdelivered { get; init; }

    /// <summary>Calls that did not stand to the end of the run.</summary>
    public required int Dropped { get; init; }
    public required long LateSends { get; init; }
    public required long SentUp { get; init; }
    public required double GeneratorMicrosecondsPerFrame { get; init; }

    /// <summary>What CallControl, Redis and the bench's helpers took, of one core.</summary>
    public required double HelpersShare { get; init; }

    /// <summary>What everything but server, generator and their helpers took, the hypervisor included, of one core.</summary>
    public required double OthersShare { get; init; }
    public required long ResidentKiB { get; init; }
    public required long AllocatedBytes { get; init; }
    public required int Collections { get; init; }
    public required double PauseMs { get; init; }

    /// <summary>How long each interruption took within the phase, as the program itself timed it, the shortest first.</summary>
    public required IReadOnlyList<double> BargeInMs { get; init; }

    /// <summary>With CallControl: what the first answer took, and what the later ones took (median of the 90th to the 110th, or of the last tenth).</summary>
    public double? FirstAnswerMs { get; init; }
    public double? LaterAnswerMs { get; init; }

    /// <summary>The generator could not keep its clock: more than 1 % of its frames went out over 5 ms late.</summary>
    public bool GeneratorLimited => LateSends > SentUp / 100;

    /// <summary>Somebody else used the machine: more than a tenth of a core.</summary>
    public bool Disturbed => OthersShare > 0.1;

    /// <summary>All that the program allocates, heartbeats and telemetry included, over its frames.</summary>
    public double AllocatedBytesPerFrame => (double)AllocatedBytes / Math.Max(1, Relayed);

    /// <summary>Of the worse direction.</summary>
    public double OneWayP99Ms => Math.Max(UplinkMs.P99, DownlinkMs.P99);
}

/// <summary>Latency percentiles in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P99, double P999, double Max)
{
    public static Percentiles Of(Latencies samples) => new(samples.Percentile(0.5), samples.Percentile(0.99), samples.Percentile(0.999), samples.Percentile(1));
}
