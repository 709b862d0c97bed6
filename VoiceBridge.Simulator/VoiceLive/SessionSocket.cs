using System.Net.WebSockets;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>The server's end of a session's WebSocket: one message at a time goes out, whoever sends it.</summary>
internal sealed class SessionSocket(WebSocket socket, VoiceLiveBehaviour behaviour, CancellationToken cut) : IDisposable
{
    private const int LargestMessage = 32 << 20;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _stop = new();
    private volatile bool _deaf;
    private byte[] _buffer = new byte[4096];

    /// <summary>Whether the other side has cut the connection. What is sent to it then is lost without an error.</summary>
    internal bool IsCut => cut.IsCancellationRequested;

    internal delegate ValueTask MessageHandler(ReadOnlyMemory<byte> message);

    /// <summary>False when the connection is gone.</summary>
    internal async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            await _sending.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        try
        {
            if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return false;
            if (behaviour.FragmentedMessages && message.Length > 16)
            {
                var half = message.Length / 2;
                await socket.SendAsync(message[..half], WebSocketMessageType.Text, false, _stop.Token);
                message = message[half..];
            }
            await socket.SendAsync(message, WebSocketMessageType.Text, true, _stop.Token);
            return true;
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Hands every message to the handler until the connection ends, however it does. Where <paramref name="onClose"/> answers a close itself, it
    /// does so before the connection ends.</summary>
    internal async Task ReceiveAllAsync(MessageHandler handle, Func<Task> onClose)
    {
        var length = 0;
        try
        {
            while (true)
            {
                if (_deaf) await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
                var received = await socket.ReceiveAsync(_buffer.AsMemory(length), _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close) break;
                length += received.Count;
                if (!received.EndOfMessage)
                {
                    if (length > LargestMessage) return;
                    if (length == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
                    continue;
                }
                await handle(_buffer.AsMemory(0, length));
                length = 0;
            }
            await onClose();
            await CloseAsync(WebSocketCloseStatus.NormalClosure, null);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // An ending like any other.
        }
        finally
        {
            Abort();
        }
    }

    internal void StopReading() => _deaf = true;

    internal async Task CloseAsync(WebSocketCloseStatus status, string? why)
    {
        await _sending.WaitAsync(_stop.Token);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, why, _stop.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            // It is gone already.
        }
        finally
        {
            _sending.Release();
        }
    }

    internal void Abort()
    {
        _stop.Cancel();
        socket.Abort();
    }

    /// <summary>Aborts. The token source and the semaphore hold nothing that needs releasing, and late senders may still look at them.</summary>
    public void Dispose() => Abort();
}
