using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>A Voice Live that does what a test tells it, over real sockets.</summary>
internal sealed class FakeVoiceLive : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<FakeSession> _sessions = [];

    private FakeVoiceLive(WebApplication app) => _app = app;

    /// <summary>Sessions say nothing by themselves.</summary>
    public bool Mute { get; set; }

    public int? Refuse { get; set; }

    /// <summary>How long sessions last, by their own word.</summary>
    public TimeSpan? Life { get; set; }

    public string Url => _app.Urls.First();

    public IReadOnlyList<FakeSession> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _sessions];
        }
    }

    public static async Task<FakeVoiceLive> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseWebSockets();
        var fake = new FakeVoiceLive(app);
        app.Map("/voice-live/realtime", fake.AcceptAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>The session with that number, once it is there and has its settings.</summary>
    public async Task<FakeSession> SessionAsync(int index = 0)
    {
        await Eventually.True(() => Sessions.Count > index && (Mute || Sessions[index].Types.Contains("session.update")), what: $"session {index}");
        return Sessions[index];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in Sessions)
            session.Abort();
        await _app.DisposeAsync();
    }

    private async Task AcceptAsync(HttpContext context)
    {
        if (Refuse is { } status)
        {
            context.Response.StatusCode = status;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var session = new FakeSession(socket, context.Request.Headers["api-key"].ToString(), context.Request.QueryString.Value ?? "");
        lock (_gate)
            _sessions.Add(session);
        await session.RunAsync(this);
    }
}

internal sealed class FakeSession(WebSocket socket, string key, string query)
{
    private readonly Lock _gate = new();
    private readonly List<string> _received = [];
    private Task _sending = Task.CompletedTask;

    public string Key => key;

    public string Query => query;

    public bool Over { get; private set; }

    public IReadOnlyList<string> Received
    {
        get
        {
            lock (_gate)
                return [.. _received];
        }
    }

    public IEnumerable<string> Types => Received.Select(json => JsonDocument.Parse(json).RootElement.GetProperty("type").GetString()!);

    /// <summary>The audio that was appended, as base64.</summary>
    public IReadOnlyList<string> Audio =>
    [
        .. Received.Where(json => json.Contains("input_audio_buffer.append", StringComparison.Ordinal))
            .Select(json => JsonDocument.Parse(json).RootElement.GetProperty("audio").GetString()!),
    ];

    public Task SendAsync(string json)
    {
        lock (_gate)
            return _sending = SendAfterAsync(_sending, json);
    }

    public Task CreatedAsync(TimeSpan? life = null)
    {
        var expires = life is { } span ? $",\"expires_at\":{(DateTimeOffset.UtcNow + span).ToUnixTimeMilliseconds() / 1000.0:0.000}" : "";
        return SendAsync($$$"""{"type":"session.created","event_id":"e1","session":{"id":"sess_1","object":"realtime.session"{{{expires}}}}}""");
    }

    public Task UpdatedAsync() => SendAsync("""{"type":"session.updated","event_id":"e2","session":{"id":"sess_1"}}""");

    public Task SpeakAsync(string response, string item, string base64) => SendAsync(
        $$"""{"type":"response.audio.delta","event_id":"e3","response_id":"{{response}}","item_id":"{{item}}","output_index":0,"content_index":0,"delta":"{{base64}}"}""");

    public Task SpeechStartedAsync() =>
        SendAsync("""{"type":"input_audio_buffer.speech_started","event_id":"e4","audio_start_ms":3120,"item_id":"item_U1"}""");

    public void Abort() => socket.Abort();

    public async Task RunAsync(FakeVoiceLive fake)
    {
        try
        {
            if (!fake.Mute)
                await CreatedAsync(fake.Life);
            var buffer = new byte[64 * 1024];
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    return;
                }
                var json = Encoding.UTF8.GetString(buffer, 0, length);
                lock (_gate)
                    _received.Add(json);
                if (!fake.Mute && json.Contains("session.update", StringComparison.Ordinal))
                    await UpdatedAsync();
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Over.
        }
        finally
        {
            Over = true;
        }
    }

    private async Task SendAfterAsync(Task before, string json)
    {
        await before;
        await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);
    }
}
