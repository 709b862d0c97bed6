using Microsoft.Extensions.Options;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Engines.VoiceLive;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.MediaGateway;

/// <summary>What must be configured before anybody from outside may open a socket here.</summary>
internal sealed class GatewayProtections(
    IOptions<AcsOptions> acs, IOptions<TwilioOptions> twilio, IOptions<ClusterOptions> cluster, IOptions<VoiceLiveOptions> voiceLive,
    IOptions<TranscriptOptions> transcripts) : IProtectionCheck
{
    public IEnumerable<string> Missing()
    {
        if (string.IsNullOrWhiteSpace(acs.Value.ResourceId) && !twilio.Value.IsConfigured)
            yield return "Acs:ResourceId: without it the tokens of ACS's media sockets cannot be checked.";
        if (!acs.Value.OpenIdConfiguration.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            yield return "Acs:OpenIdConfiguration: the keys of ACS's tokens would come over plain http.";
        if (twilio.Value is { IsConfigured: true, MediaUrl: not { Scheme: "wss" } })
            yield return "Media:PublicUrl (or Twilio:MediaUrl): must be the gateways' public wss address, over which Twilio signs its media sockets.";
        if (voiceLive.Value.Endpoints.Count == 0)
            yield return "VoiceLive:Endpoints: without one no call can be served.";
        foreach (var (i, endpoint) in voiceLive.Value.Endpoints.Index())
        {
            if (Uri.TryCreate(endpoint.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "ws" && !url.IsLoopback)
                yield return $"VoiceLive:Endpoints:{i}:Url: its key and everything that is said would go over plain http.";
        }
        if (transcripts.Value is { Keep: true, Announcement: null or "" })
            yield return "Transcripts:Announcement: transcripts are kept, and callers are not told; off where they know it already.";
        if (cluster.Value.Keys.Count == 0)
            yield return "Cluster:Keys: no key reads the tickets of media sockets.";
    }
}
