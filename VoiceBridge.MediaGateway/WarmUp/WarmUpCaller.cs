using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.WarmUp;

/// <summary>The caller's end of a warm-up call.</summary>
internal static class WarmUpCaller
{
    private const int FrameBytes = 960;

    private static readonly byte[] Metadata =
        """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"warm-up","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}"""u8.ToArray();

    private static readonly byte[] Frame = Encoding.UTF8.GetBytes(
        $$$"""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"warm-up","data":"{{{Convert.ToBase64String(new byte[FrameBytes])}}}","silent":false}}""");

    private static ReadOnlySpan<byte> Stop => "{\"Kind\":\"StopAudio\""u8;

    private static readonly byte[] Tone = """{"kind":"DtmfData","dtmfData":{"data":"5"}}"""u8.ToArray();

    /// <summary>Talks for <paramref name="frames"/> frames, faster than anybody can, interrupts the agent, hears its answer out, talks on, and hangs up.</summary>
    public static async Task TalkAsync(WebSocket socket, int frames, CancellationToken cancellationToken)
    {
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var listening = ListenAsync(socket, answered, cancellationToken);
        await SendAsync(socket, Metadata, cancellationToken);
        for (var sent = 0; sent < WarmUpSession.SpeechAt; sent++) await SendAsync(socket, Frame, cancellationToken);
        await answered.Task.WaitAsync(cancellationToken);
        for (var sent = 0; sent < frames; sent++) await SendAsync(socket, Frame, cancellationToken);
        await SendAsync(socket, Tone, cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        await listening;
    }

    /// <summary>Sends <paramref name="frames"/> frames to somebody who sends them back.</summary>
    public static async Task EchoAsync(MediaSocket socket, int frames)
    {
        var listening = new MessagePump(socket, new MessageLimits(int.MaxValue, int.MaxValue), TimeProvider.System).RunAsync((_, _) => true);
        for (var sent = 0; sent < frames; sent++)
        {
            var message = OutMessage.Shared(Frame).Owned();
            await socket.SendAsync(message);
            message.Release();
        }
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure);
        await listening;
    }

    private static Task SendAsync(WebSocket socket, byte[] message, CancellationToken cancellationToken) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Until the socket closes. <paramref name="answered"/> is set when so many frames as an answer has have come after the agent was stopped.</summary>
    private static async Task ListenAsync(WebSocket socket, TaskCompletionSource answered, CancellationToken cancellationToken)
    {
        var buffer = new byte[4_096];
        var stopped = false;
        var heard = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType is WebSocketMessageType.Close) return;
            if (buffer.AsSpan(0, part.Count).StartsWith(Stop)) stopped = true;
            else if (stopped && ++heard == WarmUpSession.DeltasOfAnswer) answered.TrySetResult();
        }
    }
}
