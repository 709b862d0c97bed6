using System.Net;

namespace VoiceBridge.ServiceDefaults.Ingress;

/// <summary>Section <c>Ingress</c>: what stands before this service and ends TLS there.</summary>
internal sealed class IngressOptions
{
    public const string Section = "Ingress";

    /// <summary>Anybody who can reach the service.</summary>
    public const string Anybody = "*";

    /// <summary>
    /// Whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed: addresses, networks (<c>10.0.0.0/8</c>), or <c>*</c> where nothing
    /// but the ingress can reach the service, as in Azure Container Apps. None: the headers are not looked at.
    /// </summary>
    public IList<string> Proxies { get; set; } = [];

    /// <summary>Proxies that a request passes; the entries before the last so many are what the client wrote.</summary>
    public int Hops { get; set; } = 1;

    /// <summary>
    /// Requests that reached the ingress by plain http are turned away, and browsers are told to use https only. On outside Development
    /// unless set. Requests that did not come through the ingress (probes, the cluster's own) are not concerned.
    /// </summary>
    public bool? RequireHttps { get; set; }

    /// <summary>How long browsers are to remember that. Days.</summary>
    public int HstsDays { get; set; } = 365;

    /// <summary>Why the settings cannot be used; null when they can.</summary>
    public string? Problem()
    {
        if (Proxies.FirstOrDefault(proxy => proxy != Anybody && !IPNetwork.TryParse(proxy, out _) && !IPAddress.TryParse(proxy, out _)) is { } wrong)
            return $"Ingress:Proxies: \"{wrong}\" is neither an address nor a network (10.0.0.0/8) nor *.";
        if (Hops is < 1 or > 10) return "Ingress:Hops must be between 1 and 10.";
        return HstsDays is < 1 or > 3650 ? "Ingress:HstsDays must be between 1 and 3650." : null;
    }
}
