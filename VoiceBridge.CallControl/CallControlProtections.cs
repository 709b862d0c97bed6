using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl;

/// <summary>What this service must have before it may face the world; <c>Cluster:Keys</c> it cannot even start without.</summary>
internal sealed class CallControlProtections(
    IOptions<AcsOptions> acs, IOptions<EventGridOptions> eventGrid, IOptions<CallOptions> calls, PhoneNetworks phones)
    : IProtectionCheck
{
    private const int MinKeyLength = 16;

    public IEnumerable<string> Missing() => !acs.Value.IsConfigured && phones.Configured.Any() ? [] : MissingOfAcs();

    private IEnumerable<string> MissingOfAcs()
    {
        if (!acs.Value.IsConfigured) yield return "Acs:ConnectionString (or Acs:Endpoint, with Entra ID; or Twilio:AccountSid): calls cannot be answered.";
        if (string.IsNullOrEmpty(acs.Value.ResourceId)) yield return "Acs:ResourceId: callbacks could come from anybody's resource.";
        if (acs.Value.OpenIdConfiguration.Scheme != Uri.UriSchemeHttps)
            yield return "Acs:OpenIdConfiguration: the keys of callbacks would come over plain http.";
        if (!eventGrid.Value.IsProtected)
            yield return "EventGrid:Keys (or EventGrid:TenantId and EventGrid:Audience): anybody could deliver calls.";
        if (eventGrid.Value.Keys.Any(key => key.Length < MinKeyLength)) yield return $"EventGrid:Keys: a key is shorter than {MinKeyLength} characters.";
        if (calls.Value.CallControl.PublicUrl is not { Scheme: "https" }) yield return "CallControl:PublicUrl: must be this service's public https address.";
        if (calls.Value.Media.PublicUrl is not { Scheme: "wss" }) yield return "Media:PublicUrl: must be the gateways' public wss address.";
    }
}
