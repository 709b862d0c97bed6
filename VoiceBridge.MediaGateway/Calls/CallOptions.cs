using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.MediaGateway.Calls;

/// <summary>Section <c>Calls</c>.</summary>
internal sealed class CallOptions
{
    public const string Section = "Calls";

    /// <summary>The longest call, from the ring to the end of the goodbye. Minutes.</summary>
    [Range(0.01, 24 * 60)]
    public double MaxMinutes { get; set; } = 60;
}
