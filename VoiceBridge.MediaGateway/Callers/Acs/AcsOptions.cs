using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.MediaGateway.Callers.Acs;

internal enum AcsTokenPolicy
{
    /// <summary>A media socket without a valid token of ACS is refused.</summary>
    Required,

    /// <summary>It is let in, and the log says what was wrong: for the time until a live resource has proved the settings.</summary>
    Report,
}

/// <summary>Section <c>Acs</c>, as far as the media sockets need it.</summary>
internal sealed class AcsOptions
{
    public const string Section = "Acs";

    /// <summary>The immutable resource id (a GUID): the audience of ACS's tokens.</summary>
    public string? ResourceId { get; set; }

    /// <summary>The OpenID document with the issuer and the keys of ACS's tokens.</summary>
    [Required]
    [Url]
    public string OpenIdConfiguration { get; set; } =
        "https://acscallautomation.communication.azure.com/calling/.well-known/acsopenidconfiguration";

    public AcsTokenPolicy MediaToken { get; set; }

    /// <summary>How far ahead of what the caller hears audio is sent; 0: as it comes, for ACS buffers it. Milliseconds.</summary>
    [Range(0, 60_000)]
    public int AheadMs { get; set; }
}
