namespace VoiceBridge.Local;

/// <content>The table of addresses.</content>
public sealed partial class LocalSystem
{
    /// <summary>What runs where, the dashboard first.</summary>
    public IReadOnlyList<(string What, string Where, string Note)> Addresses
    {
        get
        {
            var rows = new List<(string, string, string)>();
            if (Dashboard is not null) rows.Add(("Dashboard", Text(Dashboard), ""));
            rows.Add(("CallControl", Text(CallControl), $"/health /stats, {_controls.Count} replicas behind an ingress"));
            foreach (var control in _controls) rows.Add(($"  {control.Name}", Text(control.Address), ""));
            rows.Add(("Media", Text(Media), _mediaIngress is null ? "no ingress" : $"/acs/ws, {_gateways.Count} gateways behind an ingress"));
            foreach (var gateway in _gateways) rows.Add(($"  {gateway.Name}", Text(gateway.Address), "/health /stats"));
            rows.Add(("Redis", _settings.Redis.Split(',')[0], _redis is null ? "yours" : "embedded (Garnet)"));
            rows.Add(("Phone", _settings.RealPhone ? "Azure Communication Services" : Text(Azure!.Address), _settings.RealPhone ? $"event subscription: {Webhook}" : "simulated"));
            rows.Add(("Voice Live", _settings.RealVoiceLive ? _options.Given["VoiceLive:Endpoints:0:Url"] ?? "configured" : Text(Azure!.Address), _settings.RealVoiceLive ? "" : "simulated"));
            return rows;
        }
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
