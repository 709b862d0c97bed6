using VoiceBridge.RelayBench.Cloud;

namespace VoiceBridge.RelayBench.Report;

/// <summary>The programs that can be measured, by name.</summary>
internal sealed class Subjects(string gatewayDll, string redis, CloudClient cloud, IReadOnlyDictionary<string, string> settings)
{
    public const string Names = "gateway, gateway-open, gateway-guarded, gateway-tls, gateway-busy, raw, raw-inline, naive";

    public Subject Named(string name) => name switch
    {
        "gateway" => Gateway(name, GatewayMode.Plain),
        "gateway-open" => Gateway(name, GatewayMode.Open),
        "gateway-guarded" => Gateway(name, GatewayMode.Guarded),
        "gateway-tls" => Gateway(name, GatewayMode.Tls),
        "gateway-busy" => Gateway(name, GatewayMode.Busy),
        "raw" => new OwnRelay("raw"),
        "raw-inline" => new OwnRelay("raw-inline", "--inline"),
        "naive" => new OwnRelay("naive", "--naive"),
        _ => throw new ArgumentException($"Nothing to measure is called '{name}': {Names}."),
    };

    private Gateway Gateway(string name, GatewayMode mode) => new(name, gatewayDll, redis, cloud, mode, settings);
}
