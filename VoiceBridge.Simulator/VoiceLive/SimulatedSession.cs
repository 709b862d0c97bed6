using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using VoiceBridge.Simulator.VoiceLive;

namespace VoiceBridge.Simulator;

/// <summary>One Voice Live session, and what it was told.</summary>
public sealed partial class SimulatedSession
{
    private const int KeptEvents = 2_000;
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan BetweenIgnorantEvents = TimeSpan.FromMilliseconds(100);
    private readonly VoiceLiveBehaviour _behaviour;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SessionSocket _socket;
    private readonly SessionFaults _faults;
    private readonly EventSender _events;
    private readonly History _history = new();
    private readonly SessionConfiguration _configuration;
    private readonly Responses _responses;
    private readonly Listening _listening;
    private readonly ClientEvents _clientEvents;
    private readonly ConcurrentQueue<string> _updates = new();
    private readonly ConcurrentQueue<string> _received = new();
    private readonly ConcurrentDictionary<string, int> _receivedByType = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _appended;
    private long _lastAppend;
    private bool _echoing;

    internal SimulatedSession(SessionSocket socket, string endpoint, string model, string query, SimulatorOptions options, TimeProvider time, ILogger log)
    {
        _behaviour = options.VoiceLive;
        _time = time;
        _log = log;
        Endpoint = endpoint;
        Model = model;
        Query = query;
        OpenedAt = time.GetUtcNow();
        ExpiresAt = OpenedAt + TimeSpan.FromSeconds(_behaviour.SessionSeconds);
        _socket = socket;
        _configuration = new SessionConfiguration(Id, model, ExpiresAt);
        _faults = new SessionFaults(_behaviour, _configuration, endpoint);
        _events = new EventSender(_socket, _behaviour, _faults);
        _responses = new Responses(this, _configuration, _events, _history, _behaviour, _faults, time);
        _listening = new Listening(_events, _history, _responses, _configuration, _behaviour, _faults, time);
        _clientEvents = new ClientEvents(
            _events, _history, _responses, _listening, _configuration, _behaviour, _faults, time, _updates.Enqueue, killed => _ = KillAsync(killed), () => AppendedBytes > 0);
    }

    /// <summary>As in <c>session.created</c>.</summary>
    public string Id { get; } = $"sess_{Guid.NewGuid():N}";

    /// <summary>The endpoint it was opened at; empty for the default one.</summary>
    public string Endpoint { get; }

    /// <summary>The model of the URL.</summary>
    public string Model { get; }

    /// <summary>The whole query of the URL.</summary>
    public string Query { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>When it will be ended.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Whether it goes on.</summary>
    public bool IsOpen => !_closed.Task.IsCompleted;

    /// <summary>Done when it has ended.</summary>
    public Task WhenClosed => _closed.Task;

    /// <summary>Each <c>session.update</c>, as received.</summary>
    public IReadOnlyCollection<string> Updates => [.. _updates];

    /// <summary>The configuration in force.</summary>
    public string Configuration => _configuration.Session.ToJsonString();

    /// <summary>The instructions in force.</summary>
    public string Instructions => _configuration.Instructions;

    /// <summary>The conversation.</summary>
    public IReadOnlyList<SimulatedItem> Items => _history.Items;

    /// <summary>Client events as received, without audio; the last 2,000.</summary>
    public IReadOnlyCollection<string> Received => [.. _received];

    /// <summary>How many client events of each type came, audio included.</summary>
    public IReadOnlyDictionary<string, int> ReceivedByType => _receivedByType;

    /// <summary>How many server events of each type were sent.</summary>
    public IReadOnlyDictionary<string, int> SentByType => _events.Sent;

    /// <summary>Appended audio, bytes after base64.</summary>
    public long AppendedBytes => Interlocked.Read(ref _appended);

    /// <summary>Appended audio, ms.</summary>
    public double AppendedMilliseconds => _configuration.Input.Milliseconds(AppendedBytes);

    /// <summary>The mark of the call whose caller it hears; 0 before that is known.</summary>
    public ushort Mark => _listening.Mark;

    /// <summary>Whether the agent is being generated right now.</summary>
    public bool Responding => _responses.IsActive;

    /// <summary>The longest time between two appended pieces.</summary>
    public TimeSpan LargestGap { get; private set; }

    /// <summary>Errors that were sent.</summary>
    public int Errors => _events.Sent.GetValueOrDefault("error");

    /// <summary>Cuts the connection.</summary>
    public void Drop() => _socket.Abort();

    /// <summary>Closes the connection with a status.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.InternalServerError, string why = "")
    {
        await _socket.CloseAsync(status, why);
        try
        {
            await WhenClosed.WaitAsync(LongestGoodbye);
        }
        catch (TimeoutException)
        {
            _socket.Abort();
        }
    }

    /// <summary>Ends it as its time limit does: an error, then close status 1001.</summary>
    public async Task ExpireAsync()
    {
        await _events.ErrorAsync("session_expired", "Your session hit the maximum duration.", null);
        await CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "session hit the maximum duration");
    }

    /// <summary>Sends this text as a server event.</summary>
    public async Task SendAsync(string json) => await _events.RawAsync(json);

    /// <summary>The agent says this as soon as it is not saying something else.</summary>
    public async Task SayAsync(string text)
    {
        while (!_responses.TryBegin(() => new AgentReply(text), TimeSpan.Zero, requested: false)) await _responses.WhenIdleAsync();
    }

    /// <summary>Reads no more, so that the bridge's sends back up.</summary>
    public void StopReading() => _socket.StopReading();

    internal async Task RunAsync()
    {
        using var expiry = _time.CreateTimer(_ => _ = ExpireQuietlyAsync(), null, ExpiresAt - OpenedAt, Timeout.InfiniteTimeSpan);
        await _events.SendAsync("session.created", ("session", _configuration.Session.DeepClone()));
        await _socket.ReceiveAllAsync(OnMessageAsync, OnCloseAsync);
        _responses.Cancel("client_cancelled");
        _closed.TrySetResult();
        await _responses.WhenIdleAsync();
    }

    private async Task OnCloseAsync()
    {
        if (!_faults.Has(VoiceLiveFaultKind.CloseIgnored)) return;
        while (!_socket.IsCut && await _events.RawAsync("""{"type":"simulator.heartbeat"}""")) await Task.Delay(BetweenIgnorantEvents, _time);
    }

    private async Task KillAsync(VoiceLiveFault fault)
    {
        await Task.Delay(fault.After, _time);
        if (fault.CloseStatus is not { } status)
        {
            Drop();
            return;
        }
        try
        {
            await CloseAsync(status, fault.Message);
        }
        catch (OperationCanceledException)
        {
            // It ended in the same moment.
        }
    }

    private async Task ExpireQuietlyAsync()
    {
        try
        {
            await ExpireAsync();
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // It ended in the same moment.
        }
    }

    private async ValueTask OnMessageAsync(ReadOnlyMemory<byte> message)
    {
        var kind = ClientMessage.Read(message.Span, out var audio);
        if (kind == ClientMessage.Kind.Append)
        {
            await AppendAsync(message[audio]);
            return;
        }
        JsonObject? body = null;
        try
        {
            body = JsonNode.Parse(message.Span) as JsonObject;
        }
        catch (JsonException)
        {
            // Answered below.
        }
        if (body?["type"] is not JsonValue value || !value.TryGetValue<string>(out var type))
        {
            await _events.ErrorAsync("invalid_json", "The message is no JSON object with a type.", null);
            return;
        }
        Count(type);
        if (type == "input_audio_buffer.append")
        {
            // An unusual spelling of the audio, or none at all.
            await AppendSlowlyAsync(body);
            return;
        }
        _received.Enqueue(body.ToJsonString());
        if (_received.Count > KeptEvents) _received.TryDequeue(out _);
        try
        {
            await _clientEvents.HandleAsync(type, body);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            Log.BadEvent(_log, type, e.Message);
            await _events.ErrorAsync("invalid_value", "A member has the wrong type.", (string?)body["event_id"]);
        }
    }

    private async ValueTask AppendAsync(ReadOnlyMemory<byte> base64)
    {
        Count("input_audio_buffer.append");
        var buffer = ArrayPool<byte>.Shared.Rent(Base64.GetMaxDecodedFromUtf8Length(base64.Length));
        if (Base64.DecodeFromUtf8(base64.Span, buffer, out _, out var bytes) == OperationStatus.Done) await HearAsync(buffer.AsMemory(0, bytes));
        else await _events.ErrorAsync("invalid_value", "audio is no base64.", null, "audio");
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask AppendSlowlyAsync(JsonObject body)
    {
        try
        {
            await HearAsync(Convert.FromBase64String((string?)body["audio"] ?? throw new FormatException()));
        }
        catch (FormatException)
        {
            await _events.ErrorAsync("invalid_value", "audio is missing or no base64.", (string?)body["event_id"], "audio");
        }
    }

    private async ValueTask HearAsync(ReadOnlyMemory<byte> audio)
    {
        Interlocked.Add(ref _appended, audio.Length);
        var now = _time.GetTimestamp();
        if (_lastAppend != 0 && _time.GetElapsedTime(_lastAppend, now) is var gap && gap > LargestGap) LargestGap = gap;
        _lastAppend = now;
        var samples = _configuration.Input.Decode(audio.Span);
        if (!_behaviour.Echo)
        {
            await _listening.HearAsync(samples, _configuration.Input.Rate);
            return;
        }
        _listening.Notice(samples.Span);
        if (!_echoing)
        {
            _echoing = true;
            await _events.SendAsync("response.created", ("response", new JsonObject
            {
                ["id"] = "resp_echo", ["object"] = "realtime.response", ["status"] = "in_progress", ["status_details"] = null, ["output"] = new JsonArray(), ["usage"] = null,
            }));
        }
        await _events.AudioAsync("resp_echo", "item_echo", audio);
    }

    private void Count(string type) => _receivedByType.AddOrUpdate(type, 1, static (_, n) => n + 1);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A client event of type {Type} could not be read: {Reason}")]
        internal static partial void BadEvent(ILogger logger, string type, string reason);
    }
}
