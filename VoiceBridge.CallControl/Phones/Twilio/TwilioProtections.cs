using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>What an account of Twilio's needs before the service may face the world; secrets it cannot even start without.</summary>
internal sealed class TwilioProtections(IOptions<TwilioOptions> options) : IProtectionCheck
{
    public IEnumerable<string> Missing()
    {
        if (!options.Value.IsConfigured) yield break;
        if (options.Value.PublicUrl is not { Scheme: "https" }) yield return "Twilio:PublicUrl (or CallControl:PublicUrl): must be this service's public https address.";
        if (options.Value.MediaUrl is not { Scheme: "wss" }) yield return "Twilio:MediaUrl (or Media:PublicUrl): must be the gateways' public wss address.";
        if (options.Value.ApiUrl is not { Scheme: "https" }) yield return "Twilio:ApiUrl: must be an https address.";
    }
}
