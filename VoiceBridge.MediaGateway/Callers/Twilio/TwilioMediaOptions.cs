using System.ComponentModel.DataAnnotations;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>What the media sockets need of section <c>Twilio</c>, beside the account (<see cref="TwilioOptions"/>).</summary>
internal sealed class TwilioMediaOptions
{
    public const string Section = TwilioOptions.Section;

    /// <summary>How far ahead of what the caller hears audio is sent. Milliseconds.</summary>
    [Range(100, 60_000)]
    public int AheadMs { get; set; } = 400;

    /// <summary>A socket that has not shown its call's ticket by then is closed. Milliseconds.</summary>
    [Range(100, 60_000)]
    public int StartMs { get; set; } = 5_000;
}
