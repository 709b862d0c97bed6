using System.Net.WebSockets;

namespace VoiceBridge.RelayBench.Relays;

/// <summary>The plain relay to measure against: forwards WebSocket messages both ways without reading them, Kestrel and ClientWebSocket as they come.</summary>
internal static class RawRelay
{
    private const int BufferBytes = 16 * 1024;

    public static Task RunAsync(int port, Uri upstream, bool inline) => RelayHost.RunAsync(port, inline, async (caller, stopping) =>
    {
        using var agent = new ClientWebSocket();
        await agent.ConnectAsync(upstream, stopping);
        await Task.WhenAny(ForwardAsync(caller, agent, stopping), ForwardAsync(agent, caller, stopping));
    });

    private static async Task ForwardAsync(WebSocket from, WebSocket to, CancellationToken stopping)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var received = await from.ReceiveAsync(buffer.AsMemory(), stopping);
            if (received.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, stopping);
        }
    }
}
