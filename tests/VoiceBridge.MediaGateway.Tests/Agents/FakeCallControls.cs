using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>A call without audio and with a real loop, which runs on whatever thread has something for it: notes what the agent sends, and lets the test say
/// when it was heard.</summary>
internal sealed class FakeCallControls : ICallControls, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Lock _running = new();
    private readonly List<JsonElement> _sent = [];
    private readonly List<JsonElement> _shown = [];
    private readonly List<string> _transfers = [];
    private readonly List<CallEnd> _ends = [];
    private TaskCompletionSource _answered = new();

    public FakeCallControls(TimeProvider? time = null)
    {
        _answered.SetResult();
        Loop = new CallLoop(time ?? TimeProvider.System, 10_000, () => Agent?.OnSettled(),
            (exception, signal) => Failures.Add($"{signal}: {exception}"));
        Loop.OnWake = () =>
        {
            lock (_running)
                Loop.RunDue();
        };
    }

    public CallLoop Loop { get; }

    public ICallAgent? Agent { get; set; }

    public List<string> Failures { get; } = [];

    public ICallTimers Timers => Loop;

    public CallFacts Facts { get; init; } = new()
    {
        CallId = "call-1",
        CorrelationId = "corr-1",
        ConnectionId = "conn-1",
        CallerId = "+14255550100",
        CallerShown = "…0100",
        CalledNumber = "+18005550100",
        Type = "web",
    };

    public string? TransferRefusal { get; set; }

    public TimeSpan Remaining { get; private set; }

    public TimeSpan SinceAudio { get; set; } = TimeSpan.FromHours(1);

    public List<RecordingKind> Played { get; } = [];

    public List<string> Muted { get; } = [];

    public IReadOnlyList<JsonElement> Sent => Copy(_sent);

    public IReadOnlyList<JsonElement> Shown => Copy(_shown);

    public IReadOnlyList<string> Transfers => Copy(_transfers);

    public IReadOnlyList<CallEnd> Ends => Copy(_ends);

    /// <summary>What the agent says from now on is not heard until <see cref="Hear"/>.</summary>
    public void Withhold() => Do(() => Remaining = TimeSpan.FromDays(1));

    public void Hear() => Do(() => Remaining = TimeSpan.Zero);

    /// <summary>On the loop, and what follows from it.</summary>
    public void Do(Action action) => Assert.True(Loop.Post("test", action));

    /// <summary>Transfers from now on are not answered until <see cref="AnswerTransfer"/>.</summary>
    public void WithholdTransfer() => _answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void AnswerTransfer() => _answered.TrySetResult();

    public IReadOnlyList<JsonElement> SentOf(string type) => [.. Sent.Where(json => json.GetProperty("type").GetString() == type)];

    public void Forget()
    {
        lock (_gate)
            _sent.Clear();
    }

    public bool Post(string name, Action handle) => Loop.Post(name, handle);

    public void Send(ReadOnlyMemory<byte> clientEvent)
    {
        lock (_gate)
            _sent.Add(Parse(clientEvent));
    }

    public void Mute(string responseId) => Muted.Add(responseId);

    public void Play(RecordingKind kind) => Played.Add(kind);

    public void End(CallEnd end)
    {
        lock (_gate)
            _ends.Add(end);
    }

    public async Task<string?> TransferAsync(string target, CancellationToken cancellationToken)
    {
        lock (_gate)
            _transfers.Add(target);
        await _answered.Task.WaitAsync(cancellationToken);
        return TransferRefusal;
    }

    public void SendToCaller(ReadOnlyMemory<byte> json)
    {
        lock (_gate)
            _shown.Add(Parse(json));
    }

    public void Dispose() => Loop.Dispose();

    public static JsonElement Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(Encoding.UTF8.GetString(json.Span)).RootElement;

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}
