using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Tests.VoiceLive;

/// <summary>A client of the simulated Voice Live that keeps every event.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly List<JsonElement> _events = [];
    private Task _receiving = Task.CompletedTask;

    internal IReadOnlyList<JsonElement> Events
    {
        get
        {
            lock (_events) return [.. _events];
        }
    }

    internal bool Closed => _receiving.IsCompleted;

    internal WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    internal int? UpgradeStatus => (int)_socket.HttpStatusCode;

    internal static async Task<LiveClient> ConnectAsync(SimulatedAzure azure, string? key = null, Uri? endpoint = null, string query = "?api-version=2026-07-15&model=gpt-realtime")
    {
        var client = new LiveClient();
        client._socket.Options.CollectHttpResponseDetails = true;
        if (key != "") client._socket.Options.SetRequestHeader("api-key", key ?? azure.Options.VoiceLiveKey);
        var address = new UriBuilder(new Uri(endpoint ?? azure.VoiceLiveEndpoint, $"voice-live/realtime{query}")) { Scheme = "ws" }.Uri;
        await client._socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        client._receiving = Task.Run(client.ReceiveAsync);
        return client;
    }

    internal static async Task<int> RefusedAsync(SimulatedAzure azure, string? key = null, string query = "?api-version=2026-07-15&model=gpt-realtime")
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(azure.VoiceLiveEndpoint, $"voice-live/realtime{query}"));
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("api-key", key ?? azure.Options.VoiceLiveKey);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }

    internal Task SendAsync(string json) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);

    internal Task CloseOutputAsync() => _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);

    /// <summary>Says a sentence and then is quiet long enough for a turn to end.</summary>
    internal async Task SayAsync(string text, ushort utterance = 1, int quietMs = 900)
    {
        var speech = Voice.Caller.Speak(text).ToArray();
        new MarkWriter(MarkWord.Encode(MarkKind.Caller, 77, utterance), text).Write(speech);
        await AppendAsync(speech);
        if (quietMs > 0) await AppendAsync(new short[24 * quietMs]);
    }

    internal async Task AppendAsync(short[] samples)
    {
        foreach (var piece in samples.Chunk(2_400))
            await SendAsync($$"""{"type":"input_audio_buffer.append","audio":"{{Convert.ToBase64String(Pcm.Bytes(piece.AsSpan()))}}"}""");
    }

    internal async Task<JsonElement> NextAsync(string type, int skip = 0)
    {
        await Bridge.Soon.Is(() => Of(type).Count() > skip, $"{type} (so far {string.Join(", ", Events.Select(Type).Distinct())})");
        return Of(type).ElementAt(skip);
    }

    internal IEnumerable<JsonElement> Of(string type) => Events.Where(e => Type(e) == type);

    internal static string Type(JsonElement e) => e.GetProperty("type").GetString()!;

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var message = new MemoryStream();
        var buffer = new byte[16_384];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) return;
                message.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage) continue;
                lock (_events) _events.Add(JsonDocument.Parse(message.ToArray()).RootElement);
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or OperationCanceledException or IOException)
        {
            // The connection is gone.
        }
    }
}
