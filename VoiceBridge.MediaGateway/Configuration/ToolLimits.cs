namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>How long a tool may take, and how much it may give the model to read.</summary>
internal sealed record ToolLimits(TimeSpan Timeout, int MaxResultBytes)
{
    public static ToolLimits Default { get; } = new(TimeSpan.FromSeconds(10), 16 * 1024);

    public static ToolLimits Read(SettingReader reader, ToolLimits defaults) => new(
        reader.Duration("Timeout", TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5)) ?? defaults.Timeout,
        reader.Whole("MaxResultBytes", 64, 1024 * 1024) ?? defaults.MaxResultBytes);
}
