using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>The caller's end of a media socket.</summary>
internal sealed class FakeCaller : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Lock _gate = new();
    private readonly List<(WebSocketMessageType Type, byte[] Bytes)> _received = [];
    private Task _reading = Task.CompletedTask;

    public bool Over => _reading.IsCompleted;

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_gate)
                return [.. _received.Where(m => m.Type == WebSocketMessageType.Text).Select(m => Encoding.UTF8.GetString(m.Bytes))];
        }
    }

    public IReadOnlyList<byte[]> Binaries
    {
        get
        {
            lock (_gate)
                return [.. _received.Where(m => m.Type == WebSocketMessageType.Binary).Select(m => m.Bytes)];
        }
    }

    /// <summary>What came over an ACS socket: base64 of audio, or "stop".</summary>
    public IReadOnlyList<string> Heard => [.. Texts.Select(text => JsonDocument.Parse(text).RootElement).Select(json =>
        json.GetProperty("Kind").GetString() == "StopAudio" ? "stop" : json.GetProperty("AudioData").GetProperty("Data").GetString()!)];

    public static string Frame(int number)
    {
        var samples = new byte[960];
        BitConverter.TryWriteBytes(samples, number);
        return Convert.ToBase64String(samples);
    }

    public async Task ConnectAsync(Uri address, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            _socket.Options.SetRequestHeader(name, value);
        _socket.Options.Proxy = null;
        await _socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        _reading = ReadAsync();
    }

    public Task SayAsync(string base64) => SendAsync(
        $$$"""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","data":"{{{base64}}}","silent":false}}""");

    public Task SayAsync(int frame) => SayAsync(Frame(frame));

    public Task SendAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    public Task SendAsync(byte[] binary) => _socket.SendAsync(binary, WebSocketMessageType.Binary, true, CancellationToken.None);

    public async Task HangUpAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await Eventually.True(() => Over, what: "the gateway's close");
    }

    public void Abort() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var message = new MemoryStream();
            var buffer = new byte[16 * 1024];
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return;
                }
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                lock (_gate)
                    _received.Add((part.MessageType, message.ToArray()));
                message.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Over.
        }
    }
}
