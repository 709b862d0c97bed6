using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Simulator.Acs.Rest;

namespace VoiceBridge.Simulator.Tests.Bridge;

/// <summary>The smallest service that can live on what the simulator offers: answers calls, and relays between the two sockets.</summary>
internal sealed class TinyBridge : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly ConcurrentDictionary<string, string> _seen = new();
    private readonly ConcurrentDictionary<WebSocket, SemaphoreSlim> _callers = new();

    private TinyBridge()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.UseRouting();
        _app.MapPost("/events", OnEventsAsync);
        _app.MapMethods("/events", ["OPTIONS"], http =>
        {
            http.Response.Headers["WebHook-Allowed-Origin"] = http.Request.Headers["WebHook-Request-Origin"];
            http.Response.Headers["WebHook-Allowed-Rate"] = "120";
            return Task.CompletedTask;
        });
        _app.MapPost("/callbacks", OnCallbackAsync);
        _app.MapGet("/media", OnMediaAsync);
    }

    internal SimulatedAzure Azure { get; set; } = null!;

    internal Uri Address => new(_app.Urls.First());

    /// <summary>What is done with a call; answering by default.</summary>
    internal Func<JsonElement, Task>? OnIncoming { get; set; }

    /// <summary>The statuses to answer the next deliveries with.</summary>
    internal ConcurrentQueue<int> NextStatuses { get; } = new();

    internal ConcurrentQueue<(string Type, JsonElement Data)> Callbacks { get; } = new();

    internal ConcurrentQueue<string> CallbackTokens { get; } = new();

    internal ConcurrentQueue<IHeaderDictionary> MediaHeaders { get; } = new();

    internal ConcurrentQueue<IHeaderDictionary> EventHeaders { get; } = new();

    internal ConcurrentQueue<JsonElement> Events { get; } = new();

    internal ConcurrentQueue<string> MediaMessages { get; } = new();

    /// <summary>A mistake on purpose: every agent's audio goes to every caller.</summary>
    internal bool CrossWires { get; set; }

    internal string SessionUpdate { get; set; } =
        """{"type":"session.update","session":{"input_audio_transcription":{"model":"azure-speech"},"turn_detection":{"type":"azure_semantic_vad"}}}""";

    internal static async Task<TinyBridge> StartAsync(SimulatorOptions options)
    {
        var bridge = new TinyBridge();
        await bridge._app.StartAsync();
        options.Webhook ??= new Uri(bridge.Address, "/events?code=secret");
        bridge.Azure = await SimulatedAzure.StartAsync(options);
        return bridge;
    }

    public async ValueTask DisposeAsync()
    {
        await Azure.DisposeAsync();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>Sends a signed request to Call Automation.</summary>
    internal async Task<(int Status, JsonElement Body, HttpResponseMessage Response)> AcsAsync(
        HttpMethod verb, string path, JsonObject? body = null, string? repeatability = null, string? firstSent = null)
    {
        var uri = new Uri(Azure.Address, $"/calling/callConnections{path}?api-version=2026-03-12");
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());
        using var request = new HttpRequestMessage(verb, uri);
        if (body is not null) request.Content = new ByteArrayContent(bytes) { Headers = { ContentType = new("application/json") } };
        var date = DateTimeOffset.UtcNow.ToString("r");
        var hash = HmacSignature.ContentHash(bytes);
        var signature = HmacSignature.Sign(Azure.Options.AccessKey, verb.Method, uri.PathAndQuery, date, uri.Authority, hash);
        request.Headers.Add("x-ms-date", date);
        request.Headers.Add("x-ms-content-sha256", hash);
        request.Headers.TryAddWithoutValidation("Authorization", $"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={signature}");
        if (repeatability is not null)
        {
            request.Headers.Add("Repeatability-Request-ID", repeatability);
            request.Headers.Add("Repeatability-First-Sent", firstSent ?? date);
        }
        var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement.Clone(), response);
    }

    internal JsonObject AnswerBody(string context) => new()
    {
        ["incomingCallContext"] = context,
        ["callbackUri"] = new Uri(Address, "/callbacks").ToString(),
        ["operationContext"] = "op",
        ["mediaStreamingOptions"] = new JsonObject
        {
            ["transportType"] = "websocket",
            ["transportUrl"] = $"ws://{Address.Authority}/media",
            ["audioChannelType"] = "mixed",
            ["contentType"] = "audio",
            ["startMediaStreaming"] = true,
            ["enableBidirectional"] = true,
            ["enableDtmfTones"] = true,
            ["audioFormat"] = "pcm24KMono",
        },
    };

    internal Task AnswerAsync(JsonElement data) => AnswerAsync(data, $"ws://{Address.Authority}/media");

    internal Task AnswerAsync(JsonElement data, string media)
    {
        var body = AnswerBody(data.GetProperty("incomingCallContext").GetString()!);
        body["mediaStreamingOptions"]!["transportUrl"] = media;
        return AcsAsync(HttpMethod.Post, ":answer", body, Guid.NewGuid().ToString());
    }

    private async Task OnEventsAsync(HttpContext http)
    {
        EventHeaders.Enqueue(new HeaderDictionary(http.Request.Headers.ToDictionary()));
        using var json = await JsonDocument.ParseAsync(http.Request.Body);
        if (NextStatuses.TryDequeue(out var status))
        {
            http.Response.StatusCode = status;
            return;
        }
        JsonElement[] items = json.RootElement.ValueKind == JsonValueKind.Array ? [.. json.RootElement.EnumerateArray()] : [json.RootElement];
        foreach (var item in items.Select(i => i.Clone()))
        {
            Events.Enqueue(item);
            var type = item.TryGetProperty("eventType", out var t) ? t.GetString() : item.GetProperty("type").GetString();
            if (type == "Microsoft.EventGrid.SubscriptionValidationEvent")
            {
                await http.Response.WriteAsync($$"""{"validationResponse":"{{item.GetProperty("data").GetProperty("validationCode").GetString()}}"}""");
            }
            else if (type == "Microsoft.Communication.IncomingCall" && _seen.TryAdd(item.GetProperty("data").GetProperty("incomingCallContext").GetString()!, ""))
            {
                _ = Task.Run(() => (OnIncoming ?? AnswerAsync)(item.GetProperty("data")));
            }
        }
    }

    private async Task OnCallbackAsync(HttpContext http)
    {
        CallbackTokens.Enqueue(http.Request.Headers.Authorization.ToString());
        using var json = await JsonDocument.ParseAsync(http.Request.Body);
        foreach (var item in json.RootElement.EnumerateArray()) Callbacks.Enqueue((item.GetProperty("type").GetString()!, item.GetProperty("data").Clone()));
    }

    private async Task OnMediaAsync(HttpContext http)
    {
        MediaHeaders.Enqueue(new HeaderDictionary(http.Request.Headers.ToDictionary()));
        using var media = await http.WebSockets.AcceptWebSocketAsync();
        _callers[media] = new SemaphoreSlim(1);
        using var live = new ClientWebSocket();
        live.Options.SetRequestHeader("api-key", Azure.Options.VoiceLiveKey);
        await live.ConnectAsync(new Uri($"ws://{Azure.Address.Authority}/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime"), CancellationToken.None);
        var down = Task.Run(() => DownAsync(live, media));
        await UpAsync(media, live);
        live.Abort();
        await down;
        _callers.TryRemove(media, out _);
    }

    private async Task UpAsync(WebSocket media, WebSocket live)
    {
        await SendAsync(live, SessionUpdate);
        await SendAsync(live, """{"type":"response.create","response":{"pre_generated_assistant_message":{"type":"message","role":"assistant","content":[{"type":"text","text":"Thank you for calling."}]}}}""");
        while (await ReceiveAsync(media) is { } message)
        {
            if (MediaMessages.Count < 500) MediaMessages.Enqueue(message);
            JsonElement json;
            try
            {
                json = JsonDocument.Parse(message).RootElement;
            }
            catch (JsonException)
            {
                continue;
            }
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() != "AudioData") continue;
            if (!json.TryGetProperty("audioData", out var audio) || audio.ValueKind != JsonValueKind.Object || !audio.TryGetProperty("data", out var data)) continue;
            await SendAsync(live, $$"""{"type":"input_audio_buffer.append","audio":"{{data.GetString()}}"}""");
        }
    }

    private async Task DownAsync(WebSocket live, WebSocket media)
    {
        while (await ReceiveAsync(live) is { } message)
        {
            var json = JsonDocument.Parse(message).RootElement;
            switch (json.GetProperty("type").GetString())
            {
                case "response.audio.delta":
                    foreach (var caller in CrossWires ? _callers.Keys.ToArray() : [media]) await ToCallerAsync(caller, $$"""{"Kind":"AudioData","AudioData":{"Data":"{{json.GetProperty("delta").GetString()}}","IsSilent":false},"StopAudio":null}""");
                    break;
                case "input_audio_buffer.speech_started":
                    await ToCallerAsync(media, """{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}""");
                    break;
            }
        }
    }

    private async Task ToCallerAsync(WebSocket caller, string text)
    {
        if (!_callers.TryGetValue(caller, out var turn)) return;
        await turn.WaitAsync();
        await SendAsync(caller, text);
        turn.Release();
    }

    private static async Task SendAsync(WebSocket socket, string text)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or IOException)
        {
            // The other direction ends with the same connection.
        }
    }

    private static async Task<string?> ReceiveAsync(WebSocket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) return null;
                all.Write(buffer, 0, received.Count);
                if (received.EndOfMessage) return Encoding.UTF8.GetString(all.ToArray());
            }
        }
        catch (Exception e) when (e is WebSocketException or InvalidOperationException or OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
