using System.ComponentModel.DataAnnotations;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Section <c>VoiceLive</c>.</summary>
internal sealed class VoiceLiveOptions
{
    public const string Section = "VoiceLive";

    /// <summary>The resources to use; a new session goes to the healthy one with the most headroom.</summary>
    public IList<VoiceLiveEndpointOptions> Endpoints { get; set; } = [];

    [Required]
    public string ApiVersion { get; set; } = "2026-07-15";

    /// <summary>A call without a ready session after so many seconds is not left in silence: it is ended.</summary>
    [Range(0.5, 60)]
    public double ConnectSeconds { get; set; } = 5;

    /// <summary>Prepare the session that follows so many seconds before the service ends the current one.</summary>
    [Range(1, 600)]
    public double SwapLeadSeconds { get; set; } = 60;

    /// <summary>A request for a response that has brought neither a response nor an error after so many seconds is made again.</summary>
    [Range(1, 120)]
    public double RequestSeconds { get; set; } = 10;

    /// <summary>A response that nobody has heard of for so many seconds is over.</summary>
    [Range(1, 600)]
    public double ResponseSeconds { get; set; } = 20;

    public ResponseTimes Times => new(TimeSpan.FromSeconds(RequestSeconds), TimeSpan.FromSeconds(ResponseSeconds));
}

/// <summary>One Voice Live resource: model mode (<see cref="Model"/>) or agent mode (<see cref="AgentName"/> and <see cref="ProjectName"/>).</summary>
internal sealed class VoiceLiveEndpointOptions
{
    /// <summary>Names it in logs, metrics and the cluster's budget.</summary>
    public string Name { get; set; } = "";

    /// <summary>The resource, <c>https://name.services.ai.azure.com</c>; https, http, wss and ws are accepted.</summary>
    public string Url { get; set; } = "";

    public string? Model { get; set; }

    public string? AgentName { get; set; }

    public string? ProjectName { get; set; }

    public string? AgentVersion { get; set; }

    /// <summary>The resource's key; without one, Entra ID.</summary>
    public string? Key { get; set; }

    /// <summary>New connections per minute that the resource's quota allows.</summary>
    public int ConnectionsPerMinute { get; set; } = 30;

    /// <summary>What its sessions are opened to, unless the call's agent says otherwise.</summary>
    public SessionTarget Target => string.IsNullOrEmpty(AgentName) ? new SessionTarget(Model) : new SessionTarget(null, AgentName, ProjectName, AgentVersion);

    /// <summary>Where a session is opened.</summary>
    public Uri SessionUri(string apiVersion, SessionTarget target)
    {
        var builder = new UriBuilder(Url);
        builder.Scheme = builder.Scheme is "http" or "ws" ? "ws" : "wss";
        builder.Path = $"{builder.Path.TrimEnd('/')}/voice-live/realtime";
        builder.Query = $"api-version={Uri.EscapeDataString(apiVersion)}&{target.Query()}";
        return builder.Uri;
    }
}
