namespace VoiceBridge.Simulator;

/// <summary>One step of a caller's script.</summary>
public abstract record CallerStep
{
    private CallerStep()
    {
    }

    internal sealed record Say(string Text) : CallerStep;

    internal sealed record Play(string Path, string Text) : CallerStep;

    internal sealed record WaitForAgent(TimeSpan Patience) : CallerStep;

    internal sealed record WaitForSpeech(TimeSpan After, TimeSpan Patience) : CallerStep;

    internal sealed record Noise(TimeSpan Duration) : CallerStep;

    internal sealed record Silence(TimeSpan Duration) : CallerStep;

    internal sealed record Dtmf(string Tones) : CallerStep;

    internal sealed record Probe(TimeSpan Duration) : CallerStep;

    internal sealed record HangUp : CallerStep;
}
