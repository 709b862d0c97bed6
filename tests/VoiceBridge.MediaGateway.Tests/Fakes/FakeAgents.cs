using System.Collections.Concurrent;
using System.Text;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Tests.Fakes;

/// <summary>Agents that say nothing and write down everything.</summary>
internal sealed class FakeAgents : ICallAgentFactory
{
    private readonly ConcurrentQueue<FakeAgent> _made = new();

    public bool Interruptible { get; set; } = true;

    public IReadOnlyList<FakeAgent> Made => [.. _made];

    public AgentProfile Choose(CallFacts facts) => new() { Name = "fake", Session = default };

    public Task<ICallAgent> CreateAsync(AgentProfile profile, ICallControls controls, CancellationToken cancellationToken)
    {
        var agent = new FakeAgent(controls, Interruptible);
        _made.Enqueue(agent);
        return Task.FromResult<ICallAgent>(agent);
    }
}

internal sealed class FakeAgent(ICallControls controls, bool interruptible) : ICallAgent
{
    private readonly ConcurrentQueue<string> _log = new();

    public ICallControls Controls => controls;

    public bool Interruptible => interruptible;

    public bool Disposed { get; private set; }

    public IReadOnlyList<string> Log => [.. _log];

    public ReadOnlyMemory<byte> SessionUpdate(SessionTarget target, bool resumed) =>
        Encoding.UTF8.GetBytes($$"""{"type":"session.update","resumed":{{(resumed ? "true" : "false")}}}""");

    public IReadOnlyList<ReadOnlyMemory<byte>> Opening(bool resumed) =>
        [Encoding.UTF8.GetBytes($$"""{"type":"test.opening","resumed":{{(resumed ? "true" : "false")}}}""")];

    public bool IsQuiet => true;

    public void LeaveOutTool(int index) => _log.Enqueue($"without tool {index}");

    public void OnServerEvent(VoiceLiveEvent serverEvent) => _log.Enqueue(serverEvent.GetType().Name);

    public void OnResponseAudio(string responseId)
    {
    }

    public void OnBargeIn(IReadOnlyList<HeardItem> cut, bool cancel)
    {
        _log.Enqueue($"barge-in {string.Join(' ', cut.Select(item => item.ItemId))}");
        if (cancel)
            controls.Send(ClientEvents.ResponseCancel("any"));
    }

    public void OnDtmf(string tone) => _log.Enqueue($"dtmf {tone}");

    public void OnTransferFailed(string why) => _log.Enqueue($"transfer failed {why}");

    public void SayGoodbyeAndEnd(CallEndReason reason) => controls.End(new CallEnd(reason));

    public void OnSettled()
    {
    }

    public void OnEnded(CallEnd end) => _log.Enqueue($"ended {end.Code}");

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
