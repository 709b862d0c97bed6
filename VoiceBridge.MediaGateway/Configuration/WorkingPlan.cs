namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Working</c> of a profile: what a caller hears while a tool runs or a transfer rings.</summary>
/// <param name="After">How long nothing is heard before; zero for never.</param>
/// <param name="Phrase">"One moment, please" in the caller's language instead of a quiet sound.</param>
internal sealed record WorkingPlan(TimeSpan After, bool Phrase)
{
    public static WorkingPlan Default { get; } = new(TimeSpan.FromSeconds(2), false);

    public static WorkingPlan Off { get; } = new(TimeSpan.Zero, false);
}
