using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace VoiceBridge.RelayBench.Relays;

/// <summary>
/// A relay as quickstarts write it: each message becomes a string, a dictionary, decoded audio, encoded audio, an object and indented JSON.
/// It is written better than they are where theirs would fail under load (it reads whole messages and does not block threads).
/// </summary>
internal static class NaiveRelay
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Task RunAsync(int port, Uri upstream) => RelayHost.RunAsync(port, inline: false, async (caller, stopping) =>
    {
        using var agent = new ClientWebSocket();
        await agent.ConnectAsync(upstream, stopping);
        await Task.WhenAny(UplinkAsync(caller, agent, stopping), DownlinkAsync(agent, caller, stopping));
    });

    private static async Task UplinkAsync(WebSocket caller, WebSocket agent, CancellationToken stopping)
    {
        while (await ReadAsync(caller, stopping) is { } message)
        {
            var kinds = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(message)!;
            if (!kinds.TryGetValue("audioData", out var audioData)) continue;
            var data = audioData.Deserialize<Dictionary<string, JsonElement>>()!["data"].GetString()!;
            var audio = Convert.FromBase64String(data);
            var append = new Dictionary<string, object> { ["type"] = "input_audio_buffer.append", ["audio"] = Convert.ToBase64String(audio) };
            await SendAsync(agent, JsonSerializer.Serialize(append, Indented), stopping);
        }
    }

    private static async Task DownlinkAsync(WebSocket agent, WebSocket caller, CancellationToken stopping)
    {
        while (await ReadAsync(agent, stopping) is { } message)
        {
            var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(message)!;
            if (fields["type"].GetString() != "response.audio.delta") continue;
            var audio = Convert.FromBase64String(fields["delta"].GetString()!);
            var frame = new { Kind = "AudioData", AudioData = new { Data = Convert.ToBase64String(audio) }, StopAudio = (object?)null };
            await SendAsync(caller, JsonSerializer.Serialize(frame, Indented), stopping);
        }
    }

    private static async Task<string?> ReadAsync(WebSocket socket, CancellationToken stopping)
    {
        var buffer = new byte[2048];
        var message = new StringBuilder();
        while (true)
        {
            var received = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), stopping);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            message.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
            if (received.EndOfMessage) return message.ToString();
        }
    }

    private static Task SendAsync(WebSocket socket, string message, CancellationToken stopping) =>
        socket.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes(message)), WebSocketMessageType.Text, true, stopping);
}
