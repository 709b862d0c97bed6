using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace VoiceBridge.Simulator.Tests.Twilio;

/// <summary>The smallest service that can live on what the simulated Twilio offers: connects calls, and relays mu-law between the two sockets.</summary>
internal sealed class TwilioBridge : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TwilioBridge()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.UseRouting();
        _app.MapPost("/voice", http => AnswerAsync(http, Voice));
        _app.MapPost("/next", http => AnswerAsync(http, Next));
        _app.MapPost("/told", TellAsync);
        _app.MapGet("/media/{id}", OnMediaAsync);
    }

    internal SimulatedAzure Azure { get; set; } = null!;

    internal TwilioBehaviour Twilio => Azure.Options.Twilio;

    internal Uri Address => new(_app.Urls.First());

    /// <summary>What the voice webhook answers; each is used once but the last.</summary>
    internal ConcurrentQueue<string> Voice { get; } = new();

    internal ConcurrentQueue<string> Next { get; } = new();

    internal ConcurrentQueue<(string Path, string Signature, Dictionary<string, string> Form)> Requests { get; } = new();

    internal ConcurrentQueue<string> Upgrades { get; } = new();

    internal ConcurrentQueue<string> Messages { get; } = new();

    internal ConcurrentDictionary<WebSocket, bool> Sockets { get; } = new();

    internal string Connect => $"""<Response><Connect><Stream url="ws://{Address.Authority}/media/1" statusCallback="{Address}told"><Parameter name="ticket" value="t&amp;1"/></Stream></Connect><Redirect method="POST">{Address}next</Redirect></Response>""";

    internal static async Task<TwilioBridge> StartAsync(Action<TwilioBehaviour>? change = null)
    {
        var bridge = new TwilioBridge();
        await bridge._app.StartAsync();
        var options = new SimulatorOptions();
        options.Twilio.VoiceUrl = new Uri(bridge.Address, "/voice");
        options.Twilio.StatusCallback = new Uri(bridge.Address, "/told");
        change?.Invoke(options.Twilio);
        bridge.Azure = await SimulatedAzure.StartAsync(options);
        bridge.Voice.Enqueue(bridge.Connect);
        bridge.Next.Enqueue("<Response><Hangup/></Response>");
        return bridge;
    }

    internal SimulatedCall Call(CallerScript? script = null) =>
        Azure.PlaceCall(new CallPlan { Network = PhoneNetwork.Twilio, Script = script ?? CallerScript.Silent });

    /// <summary>What was told of streams and calls, in order.</summary>
    internal IEnumerable<string> Told => Requests.Where(r => r.Path == "/told").Select(r => r.Form.GetValueOrDefault("StreamEvent") ?? r.Form["CallStatus"]);

    internal async Task SendAsync(string text)
    {
        foreach (var socket in Sockets.Keys) await SendAsync(socket, text);
    }

    internal Task CloseAsync(WebSocketCloseStatus status) => Sockets.Keys.Single().CloseOutputAsync(status, "", CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await Azure.DisposeAsync();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http, ConcurrentQueue<string> answers)
    {
        await RememberAsync(http);
        var twiml = answers.Count > 1 && answers.TryDequeue(out var first) ? first : answers.Last();
        http.Response.ContentType = "text/xml";
        await http.Response.WriteAsync(twiml);
    }

    private Task TellAsync(HttpContext http) => RememberAsync(http);

    private async Task RememberAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        Requests.Enqueue((http.Request.Path, http.Request.Headers["X-Twilio-Signature"].ToString(), form.ToDictionary(f => f.Key, f => f.Value.ToString())));
    }

    private async Task OnMediaAsync(HttpContext http)
    {
        Upgrades.Enqueue(http.Request.Headers["X-Twilio-Signature"].ToString());
        using var media = await http.WebSockets.AcceptWebSocketAsync();
        Sockets[media] = true;
        using var live = new ClientWebSocket();
        live.Options.SetRequestHeader("api-key", Azure.Options.VoiceLiveKey);
        await live.ConnectAsync(new Uri($"ws://{Azure.Address.Authority}/voice-live/realtime?api-version=2026-07-15&model=gpt-realtime"), CancellationToken.None);
        await SendAsync(live, """{"type":"session.update","session":{"input_audio_format":"g711_ulaw","input_audio_sampling_rate":8000,"output_audio_format":"g711_ulaw","turn_detection":{"type":"azure_semantic_vad"}}}""");
        await SendAsync(live, """{"type":"response.create","response":{"pre_generated_assistant_message":{"type":"message","role":"assistant","content":[{"type":"text","text":"Thank you for calling."}]}}}""");
        var down = Task.Run(() => DownAsync(live, media));
        while (await ReceiveAsync(media) is { } message)
        {
            var json = JsonDocument.Parse(message).RootElement;
            if (json.GetProperty("event").GetString() != "media") Messages.Enqueue(message);
            else await SendAsync(live, $$"""{"type":"input_audio_buffer.append","audio":"{{json.GetProperty("media").GetProperty("payload").GetString()}}"}""");
        }
        Sockets.TryRemove(media, out _);
        live.Abort();
        await down;
    }

    private async Task DownAsync(WebSocket live, WebSocket media)
    {
        var marks = 0;
        while (await ReceiveAsync(live) is { } message)
        {
            var json = JsonDocument.Parse(message).RootElement;
            var sid = Messages.Select(m => JsonDocument.Parse(m).RootElement).Last(m => m.GetProperty("event").GetString() == "start").GetProperty("streamSid").GetString();
            switch (json.GetProperty("type").GetString())
            {
                case "response.audio.delta":
                    await SendAsync(media, $$$"""{"event":"media","streamSid":"{{{sid}}}","media":{"payload":"{{{json.GetProperty("delta").GetString()}}}"}}""");
                    await SendAsync(media, $$$"""{"event":"mark","streamSid":"{{{sid}}}","mark":{"name":"m{{{++marks}}}"}}""");
                    break;
                case "input_audio_buffer.speech_started":
                    await SendAsync(media, $$"""{"event":"clear","streamSid":"{{sid}}"}""");
                    break;
            }
        }
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
