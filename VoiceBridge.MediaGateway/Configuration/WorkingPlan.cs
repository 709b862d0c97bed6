namespace VoiceBridge.MediaGateway.Configuration;

/// <summary><c>Working</c> of a profile: what a caller hears while a tool runs or a transfer rings.</summary>
/// <param name="After">How long nothing is heard before; zero for never.</param>
/// <param name="Phrase">"One moment, please" in the caller's language instead of a quiet sound.</param>
internal sealed record WorkingPlan(TimeSpan After, bool Phrase)
{
    public static WorkingPlan Default { get; } = new(TimeSpan.FromSeconds(2), false);

    /// <summary><c>Working:{After, Sound}</c>, once called <c>Hold</c>.</summary>
    public static WorkingPlan Read(SettingReader profile)
    {
        var section = profile.Section("Working");
        var off = section.IsOff || profile.Flag("Hold") == false;
        var after = section.IsOff ? null : section.Duration("After", TimeSpan.Zero, TimeSpan.FromSeconds(30));
        var sound = section.IsOff ? null : section.OneOf("Sound", "quiet", "phrase");
        section.RejectTheRest();
        return new WorkingPlan(after ?? (off ? TimeSpan.Zero : Default.After), sound == "phrase");
    }
}
