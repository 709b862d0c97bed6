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
            foreach (var control in _controls) rows.Add(($"  {control.Name}", Text(control.Address), control.Running ? "" : "ended"));
            foreach (var own in _joined?.Controls ?? []) rows.Add(("  callcontrol-own", Text(own), "yours"));
            rows.Add(("Media", Text(Media), _mediaIngress is null ? "no ingress" : $"/acs/ws, {_gateways.Count} gateways behind an ingress"));
            foreach (var gateway in _gateways) rows.Add(($"  {gateway.Name}", Text(gateway.Address), gateway.Running ? "/health /stats" : "ended"));
            foreach (var own in _joined?.Gateways ?? []) rows.Add(("  gateway-own", Text(own), "yours"));
            rows.Add(("Redis", _settings.Redis.Split(',')[0], _redis is null ? "yours" : "embedded (Garnet)"));
            rows.Add(("Phone", _settings.RealPhone ? "Azure Communication Services" : Text(Azure!.Address), _settings.RealPhone ? $"event subscription: {Webhook}" : "simulated callers"));
            rows.Add(("Voice Live", _settings.RealVoiceLive ? _options.Given["VoiceLive:Endpoints:0:Url"] ?? "configured" : Text(Azure!.Address), _settings.RealVoiceLive ? "" : "simulated: knows no words but those of the simulated callers"));
            return rows;
        }
    }

    private static string Text(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
