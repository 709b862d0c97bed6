using System.Net;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>Whether a request comes from this machine. Behind a tunnel or proxy every address is loopback: its headers tell.</summary>
internal static class LocalRequest
{
    // The first three by whoever forwards; the last is where ASP.NET moves the first when it believes it.
    private static readonly string[] Forwarding = ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Original-For"];

    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !Array.Exists(Forwarding, context.Request.Headers.ContainsKey);
}
