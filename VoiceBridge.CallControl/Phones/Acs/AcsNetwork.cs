using Microsoft.Extensions.Options;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>Azure Communication Services, Teams Phone among them. Ids that no other network knows for its own are its.</summary>
internal sealed class AcsNetwork(IServiceProvider services, IOptions<AcsOptions> acs, IOptions<CallOptions> options) : IPhoneNetwork
{
    /// <summary>Its name, and the key of its client, which a host may bring (VoiceBridge.CallControl.AcsSdk).</summary>
    public const string Key = "acs";

    public string Name => Key;

    public bool IsConfigured => acs.Value.IsConfigured;

    // Made when it is needed: where Twilio is the phone there is no resource.
    public IPhoneService Service => services.GetRequiredKeyedService<IPhoneService>(Key);

    public bool Reconnects => true;

    public bool Owns(string callConnectionId) => true;

    public string CallbackUri(string callId) => $"{Base(options.Value.CallControl.PublicUrl, "CallControl:PublicUrl")}/acs/callbacks/{callId}";

    public string TransportUrl(string callId, string ticket) => $"{Base(options.Value.Media.PublicUrl, "Media:PublicUrl")}/acs/ws?ticket={ticket}";

    private static string Base(Uri? address, string setting) => address?.AbsoluteUri.TrimEnd('/')
        ?? throw new InvalidOperationException($"{setting} is not set: calls cannot be answered without it.");
}
