namespace VoiceBridge.Simulator;

/// <summary>What became of the audio that was sent to the caller.</summary>
/// <param name="ReceivedMilliseconds">All that arrived.</param>
/// <param name="PlayedMilliseconds">All that was played.</param>
/// <param name="QueuedMilliseconds">What waits to be played.</param>
/// <param name="Stops">Each <c>StopAudio</c>.</param>
/// <param name="StaleMilliseconds">What came after the <c>StopAudio</c> that was meant for it.</param>
/// <param name="PlayedByItem">Played milliseconds of each item of the simulated agent, by the number that its audio carries.</param>
public sealed record CallPlayout(
    double ReceivedMilliseconds,
    double PlayedMilliseconds,
    double QueuedMilliseconds,
    IReadOnlyList<PlayoutStop> Stops,
    double StaleMilliseconds,
    IReadOnlyDictionary<int, double> PlayedByItem);
