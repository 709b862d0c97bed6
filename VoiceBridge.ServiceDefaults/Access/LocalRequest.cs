using System.Net;
using Microsoft.AspNetCore.Http;

namespace VoiceBridge.ServiceDefaults.Access;

/// <summary>
/// Whether a request comes from this machine and not through it: what has no key in Development opens to such requests only. Behind a tunnel or a proxy every
/// address is loopback, which its headers tell; a page elsewhere reaches loopback through the browser of whoever looks at it, which <c>Host</c> and
/// <c>Origin</c> tell.
/// </summary>
public static class LocalRequest
{
    // The first three by whoever forwards; the last is where ASP.NET moves the first when it believes it.
    private static readonly string[] Forwarding = ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Original-For"];

    /// <summary>True for a request from loopback to a name of loopback, which nobody forwarded and no other site's page sent.</summary>
    public static bool IsLocal(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && !Array.Exists(Forwarding, request.Headers.ContainsKey)
            && IsLoopbackName(request.Host.Host)
            && (request.Headers.Origin.Count == 0 || Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var page) && IsLoopbackName(page.Host));
    }

    /// <summary>Whether a host name or address can only mean this machine.</summary>
    public static bool IsLoopbackName(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
    }
}
