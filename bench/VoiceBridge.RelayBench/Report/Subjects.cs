using VoiceBridge.RelayBench.Cloud;

namespace VoiceBridge.RelayBench.Report;

/// <summary>The programs that can be measured, by name.</summary>
internal sealed class Subjects(string gatewayDll, string? callControlDll, string redis, CloudClient cloud, IReadOnlyDictionary<string, string> settings)
{
    public const string Names =
        "gateway, gateway-open (wide limits), gateway-guarded (production's protections), gateway-busy (conversations, tools, telemetry), gateway-whole (with CallControl); "
        + "gateway-before=DLL, or any of these so, is another build; raw, raw-inline (both halves of inline completions), naive, floor";

    public Subject Named(string name)
    {
        var parts = name.Split('=', 2);
        var kind = parts[0].Replace("-before", "", StringComparison.Ordinal);
        return kind switch
        {
            "gateway" => Gateway(GatewayMode.Plain),
            "gateway-open" => Gateway(GatewayMode.Open),
            "gateway-guarded" => Gateway(GatewayMode.Guarded),
            "gateway-busy" => Gateway(GatewayMode.Busy),
            "gateway-whole" => Gateway(GatewayMode.Whole),
            "raw" or "raw-inline" or "naive" or "floor" => new OwnRelay(name, kind, cloud.CertificateFile),
            _ => throw new ArgumentException($"Nothing to measure is called '{name}': {Names}."),
        };

        Gateway Gateway(GatewayMode mode) => new(parts[0], parts.Length > 1 ? Path.GetFullPath(parts[1]) : gatewayDll, callControlDll, redis, cloud, mode, settings);
    }
}
