using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>A call without audio: notes what the agent sends, and lets the test say when it was heard.</summary>
internal sealed class FakeCallControls : ICallControls
{
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _sent = [];
    private readonly List<JsonElement> _shown = [];
    private readonly List<string> _transfers = [];
    private readonly List<CallEnd> _ends = [];
    private TaskCompletionSource _heard = new();
    private TaskCompletionSource _answered = new();

    public FakeCallControls()
    {
        _heard.SetResult();
        _answered.SetResult();
    }

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

    public IReadOnlyList<JsonElement> Sent => Copy(_sent);

    public IReadOnlyList<JsonElement> Shown => Copy(_shown);

    public IReadOnlyList<string> Transfers => Copy(_transfers);

    public IReadOnlyList<CallEnd> Ends => Copy(_ends);

    /// <summary>What the agent says from now on is not heard until <see cref="Hear"/>.</summary>
    public void Withhold() => _heard = new TaskCompletionSource();

    public void Hear() => _heard.TrySetResult();

    /// <summary>Transfers from now on are not answered until <see cref="AnswerTransfer"/>.</summary>
    public void WithholdTransfer() => _answered = new TaskCompletionSource();

    public void AnswerTransfer() => _answered.TrySetResult();

    public IReadOnlyList<JsonElement> SentOf(string type) => [.. Sent.Where(json => json.GetProperty("type").GetString() == type)];

    public void Forget()
    {
        lock (_gate)
            _sent.Clear();
    }

    public void Send(ReadOnlyMemory<byte> clientEvent)
    {
        lock (_gate)
            _sent.Add(Parse(clientEvent));
    }

    public Task WhenHeardAsync(CancellationToken cancellationToken) => _heard.Task.WaitAsync(cancellationToken);

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

    public static JsonElement Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(Encoding.UTF8.GetString(json.Span)).RootElement;

    private IReadOnlyList<T> Copy<T>(List<T> list)
    {
        lock (_gate)
            return [.. list];
    }
}
