using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using VoiceBridge.Cluster.Trust;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>Twilio's end of a media stream: signs the upgrade, writes its JSON by hand, and keeps and plays what it is sent.</summary>
internal sealed class FakeTwilio(TimeProvider time, TimeSpan startDelay = default) : IAsyncDisposable
{
    public const string AccountSid = "AC00000000000000000000000000000001";
    public const string StreamSid = "MZ00000000000000000000000000000003";
    private const string AuthToken = "0123456789abcdef0123456789abcdef";
    private const string PublicUrl = "wss://mg.example.com";

    private readonly ClientWebSocket _socket = new();
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _received = [];
    private readonly TwilioBuffer _buffer = new(time, startDelay);
    private readonly List<string> _cleared = [];
    private Task _reading = Task.CompletedTask;
    private int _sequence;
    private double? _heardAtClear;
    private int _heardBytes;

    /// <summary>What a gateway that Twilio calls must be told.</summary>
    public static (string Name, string Value)[] Settings =>
        [("Twilio:AccountSid", AccountSid), ("Twilio:AuthToken", AuthToken), ("Media:PublicUrl", PublicUrl)];

    public bool Over => _reading.IsCompleted;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public IReadOnlyList<JsonElement> Received
    {
        get
        {
            lock (_gate)
                return [.. _received];
        }
    }

    /// <summary>The names of the events that were sent to us, but for marks.</summary>
    public IReadOnlyList<string> Events => [.. Received.Select(Event).Where(name => name != "mark")];

    /// <summary>All audio since the last <c>clear</c>.</summary>
    public byte[] Heard => [.. Received.Skip(Received.ToList().FindLastIndex(message => Event(message) == "clear") + 1).Where(message => Event(message) == "media")
        .SelectMany(message => Convert.FromBase64String(message.GetProperty("media").GetProperty("payload").GetString()!))];

    /// <summary>How many bytes of audio there are since the last <c>clear</c>.</summary>
    public int HeardBytes
    {
        get
        {
            lock (_gate)
                return _heardBytes;
        }
    }

    /// <summary>Milliseconds that had been played when the latest <c>clear</c> came; null before the first.</summary>
    public double? HeardAtClear
    {
        get
        {
            lock (_gate)
                return _heardAtClear;
        }
    }

    /// <summary>Marks that a <c>clear</c> brought back and that have not been sent yet.</summary>
    public IReadOnlyList<string> ClearedMarks
    {
        get
        {
            lock (_gate)
                return [.. _cleared];
        }
    }

    /// <summary>A frame of 20 ms that tells its number.</summary>
    public static string Frame(int number)
    {
        var samples = new byte[160];
        samples.AsSpan().Fill(0xFF);
        BitConverter.TryWriteBytes(samples, number);
        return Convert.ToBase64String(samples);
    }

    /// <summary>Where the media of a call go.</summary>
    public static string PathOf(MediaTicket ticket) => $"/twilio/media/{ticket.CallId}";

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "The algorithm is Twilio's.")]
    public static string Sign(string path) => Convert.ToBase64String(HMACSHA1.HashData(Encoding.ASCII.GetBytes(AuthToken), Encoding.UTF8.GetBytes(PublicUrl + path)));

    /// <summary>The status of the upgrade.</summary>
    public async Task<HttpStatusCode> ConnectAsync(TestGateway gateway, string path, string? signature)
    {
        _socket.Options.CollectHttpResponseDetails = true;
        _socket.Options.Proxy = null;
        if (signature is not null)
            _socket.Options.SetRequestHeader("x-twilio-signature", signature);
        try
        {
            await _socket.ConnectAsync(gateway.Socket(path, ""), TestContext.Current.CancellationToken);
        }
        catch (WebSocketException)
        {
            return _socket.HttpStatusCode;
        }
        _reading = ReadAsync();
        return HttpStatusCode.SwitchingProtocols;
    }

    public Task WelcomeAsync() => SendAsync("""{"event":"connected","protocol":"Call","version":"1.0.0"}""");

    public Task StartAsync(string callSid, string? ticket, string account = AccountSid, string encoding = "audio/x-mulaw")
    {
        var parameters = ticket is null ? "" : $"\"ticket\":\"{ticket}\"";
        return SendAsync(
            $$$"""{"event":"start","sequenceNumber":"1","start":{"accountSid":"{{{account}}}","streamSid":"{{{StreamSid}}}","callSid":"{{{callSid}}}","tracks":["inbound"],"mediaFormat":{"encoding":"{{{encoding}}}","sampleRate":8000,"channels":1},"customParameters":{ {{{parameters}}} } },"streamSid":"{{{StreamSid}}}"}""");
    }

    public Task SayAsync(string base64) => SendAsync(Media(base64));

    public Task SayAsync(int frame) => SayAsync(Frame(frame));

    public string Media(string base64, string track = "inbound") =>
        $$$"""{"event":"media","sequenceNumber":"{{{++_sequence}}}","media":{"track":"{{{track}}}","chunk":"{{{_sequence}}}","timestamp":"{{{_sequence * 20}}}","payload":"{{{base64}}}"},"streamSid":"{{{StreamSid}}}"}""";

    public Task MarkAsync(string name) =>
        SendAsync($$$"""{"event":"mark","sequenceNumber":"4","streamSid":"{{{StreamSid}}}","mark":{"name":"{{{name}}}"}}""");

    public Task StopAsync() => SendAsync(
        $$$"""{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"{{{AccountSid}}}","callSid":"x"},"streamSid":"{{{StreamSid}}}"}""");

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type, bool isWhole = true) => _socket.SendAsync(bytes, type, isWhole, CancellationToken.None);

    /// <summary>Marks whose audio has been played by now.</summary>
    public IReadOnlyList<string> ReachedMarks()
    {
        lock (_gate)
            return [.. _buffer.Reached()];
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private static string Event(JsonElement message) => message.GetProperty("event").GetString()!;

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
                OnMessage(JsonDocument.Parse(message.ToArray()).RootElement);
                message.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // Over.
        }
    }

    private void OnMessage(JsonElement message)
    {
        Assert.Equal(StreamSid, message.GetProperty("streamSid").GetString());
        lock (_gate)
        {
            _received.Add(message);
            switch (Event(message))
            {
                case "media":
                    var length = message.GetProperty("media").GetProperty("payload").GetBytesFromBase64().Length;
                    _buffer.Media(length);
                    _heardBytes += length;
                    break;
                case "mark":
                    _buffer.Mark(message.GetProperty("mark").GetProperty("name").GetString()!);
                    break;
                case "clear":
                    _heardAtClear = _buffer.PlayedMs;
                    _cleared.AddRange(_buffer.Clear());
                    _heardBytes = 0;
                    break;
                default:
                    Assert.Fail($"Twilio does not know {message}.");
                    break;
            }
        }
    }
}
