using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>The server's side of a WebSocket's opening handshake (RFC 6455, 4.2), without sub-protocols and extensions.</summary>
internal static class ServerHandshake
{
    public const string Version = "13";
    public const string Protocol = "websocket";

    private const int KeyBytes = 16;

    /// <summary>Whether a request asks for a WebSocket in the way that it must be asked for.</summary>
    public static bool IsRequested(HttpContext context)
    {
        var headers = context.Request.Headers;
        return HttpMethods.IsGet(context.Request.Method)
            && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
            && headers.GetCommaSeparatedValues(HeaderNames.Connection).Contains(HeaderNames.Upgrade, StringComparer.OrdinalIgnoreCase)
            && headers.GetCommaSeparatedValues(HeaderNames.Upgrade).Contains(Protocol, StringComparer.OrdinalIgnoreCase)
            && headers.SecWebSocketVersion == Version
            && IsKey(headers.SecWebSocketKey.ToString());
    }

    /// <summary>Upgrades a request that <see cref="IsRequested"/>: from then on its connection stays on its socket's thread, and what comes over it is counted.</summary>
    public static async Task<MediaSocket> AcceptAsync(HttpContext context, MediaOptions options, TimeProvider time)
    {
        var headers = context.Response.Headers;
        headers.Connection = HeaderNames.Upgrade;
        headers.Upgrade = Protocol;
        headers.SecWebSocketAccept = Answer(context.Request.Headers.SecWebSocketKey.ToString());
        var (stream, early) = (await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync(), Array.Empty<byte>());
        if (context.Features.Get<MediaConnection>() is { } connection)
        {
            connection.StayInline();
            if (context.Features.Get<ITlsConnectionFeature>() is null)
                (stream, early) = connection.Upgrade();
        }
        var socket = new MediaSocket(stream, isServer: true, waitsEmpty: false, new FrameLimits(options.MaxBytesPerSecond, options.MaxControlFramesPerSecond),
            TimeSpan.FromSeconds(options.KeepAliveSeconds), time, context.Abort);
        socket.Receive(early);
        return socket;
    }

    /// <summary>What the server answers to a key (RFC 6455, 4.2.2).</summary>
    public static string Answer(string key)
    {
#pragma warning disable CA5350 // The protocol's; it tells a WebSocket server from others, and protects nothing.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        return Convert.TryFromBase64String(key, bytes, out var length) && length == KeyBytes;
    }
}
