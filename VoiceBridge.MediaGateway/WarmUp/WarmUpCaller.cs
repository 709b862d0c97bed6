using System.Net.WebSockets;
using System.Text;

namespace VoiceBridge.MediaGateway.WarmUp;

/// <summary>The caller's end of a warm-up call.</summary>
internal static class WarmUpCaller
{
    private const int FrameBytes = 960;

    private static readonly byte[] Metadata =
        """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"warm-up","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}"""u8.ToArray();

    private static readonly byte[] Frame = Encoding.UTF8.GetBytes(
        $$$"""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"warm-up","data":"{{{Convert.ToBase64String(new byte[FrameBytes])}}}","silent":false}}""");

    private static readonly byte[] Tone = """{"kind":"DtmfData","dtmfData":{"data":"5"}}"""u8.ToArray();

    /// <summary>Talks for <paramref name="frames"/> frames, faster than anybody can, listens, and hangs up.</summary>
    public static async Task TalkAsync(WebSocket socket, int frames, CancellationToken cancellationToken)
    {
        var listening = ListenAsync(socket, cancellationToken);
        await SendAsync(socket, Metadata, cancellationToken);
        for (var sent = 0; sent < frames; sent++)
        {
            await SendAsync(socket, Frame, cancellationToken);
            // Between them the agent has its turn, on the same cores.
            if (sent % 10 == 0) await Task.Delay(1, cancellationToken);
        }
        await SendAsync(socket, Tone, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        await listening;
    }

    /// <summary>Sends <paramref name="frames"/> frames to somebody who sends them back.</summary>
    public static async Task EchoAsync(WebSocket socket, int frames, CancellationToken cancellationToken)
    {
        var listening = ListenAsync(socket, cancellationToken);
        for (var sent = 0; sent < frames; sent++) await SendAsync(socket, Frame, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        await listening;
    }

    private static Task SendAsync(WebSocket socket, byte[] message, CancellationToken cancellationToken) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    private static async Task ListenAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[4_096];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken)).MessageType is not WebSocketMessageType.Close)
        {
            // Heard.
        }
    }
}
