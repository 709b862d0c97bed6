namespace VoiceBridge.Simulator;

/// <summary>One <c>StopAudio</c>.</summary>
/// <param name="At">When it arrived.</param>
/// <param name="DiscardedMilliseconds">What it threw away.</param>
/// <param name="PlayedMilliseconds">What of all audio was played until then.</param>
public sealed record PlayoutStop(DateTimeOffset At, double DiscardedMilliseconds, double PlayedMilliseconds);
