namespace VoiceBridge.RelayBench.Load;

/// <summary>What the generator saw at its two ends while it measured.</summary>
internal sealed record LoadResult
{
    public required int Calls { get; init; }

    public required long SentUp { get; init; }

    public required long ArrivedUp { get; init; }

    public required long SentDown { get; init; }

    public required long ArrivedDown { get; init; }

    /// <summary>Frames that came out of order, or to another call.</summary>
    public required long Misdelivered { get; init; }

    /// <summary>Frames that the generator itself sent more than 5 ms after their time.</summary>
    public required long LateSends { get; init; }

    public required Latencies Up { get; init; }

    public required Latencies Down { get; init; }

    public long Lost => SentUp - ArrivedUp + (SentDown - ArrivedDown);

    public long Relayed => ArrivedUp + ArrivedDown;
}
