using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.ServiceDefaults.WarmUp;

/// <summary>Section <c>WarmUp</c>.</summary>
internal sealed class WarmUpOptions
{
    public const string Section = "WarmUp";

    /// <summary>How long a starting service may exercise its own code at most. Seconds; 0 leaves it out.</summary>
    [Range(0, 60)]
    public double Seconds { get; set; } = 4;
}
