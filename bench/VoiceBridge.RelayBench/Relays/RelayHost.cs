using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace VoiceBridge.RelayBench.Relays;

/// <summary>
/// A web server with one WebSocket endpoint, for the relays that the gateway is compared with. Of inline completions it sets Kestrel's half only; the runtime's is
/// in the environment of the process.
/// </summary>
internal static class RelayHost
{
    public static async Task RunAsync(int port, bool inline, Func<WebSocket, CancellationToken, Task> serve)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        if (inline) builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        var app = builder.Build();
        app.UseWebSockets();
        app.MapGet("/ready", () => "ok");
        app.Map("/acs/ws", async context =>
        {
            using var caller = await context.WebSockets.AcceptWebSocketAsync();
            try
            {
                await serve(caller, context.RequestAborted);
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
            {
                // The generator hung up.
            }
        });
        await app.RunAsync();
    }
}
