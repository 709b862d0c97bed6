namespace VoiceBridge.Simulator;

/// <summary>Something the agent said, as the caller heard it.</summary>
/// <param name="Text">What it was going to say, read from its audio; null when the audio does not carry it.</param>
/// <param name="StartedAt">Since the call was answered.</param>
/// <param name="Length">How much of it was heard.</param>
/// <param name="Interrupted">Whether the rest was stopped.</param>
public sealed record HeardTurn(string? Text, TimeSpan StartedAt, TimeSpan Length, bool Interrupted);

/// <summary>Something the caller said.</summary>
/// <param name="Text">The words; empty for noise.</param>
/// <param name="StartedAt">Since the call was answered.</param>
/// <param name="Length">How long it was.</param>
public sealed record SaidTurn(string Text, TimeSpan StartedAt, TimeSpan Length);
