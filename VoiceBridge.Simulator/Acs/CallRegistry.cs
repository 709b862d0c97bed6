using System.Collections.Concurrent;

namespace VoiceBridge.Simulator.Acs;

/// <summary>All calls, by what a request may know of them.</summary>
internal sealed class CallRegistry(SimulatorOptions options, Action<SimulatedCall, string> forward)
{
    private readonly ConcurrentQueue<SimulatedCall> _all = new();
    private readonly ConcurrentDictionary<string, SimulatedCall> _byContext = new();
    private readonly ConcurrentDictionary<string, SimulatedCall> _byConnection = new(StringComparer.OrdinalIgnoreCase);

    internal IReadOnlyCollection<SimulatedCall> All => [.. _all];

    internal void Add(SimulatedCall call)
    {
        _all.Enqueue(call);
        if (call.Plan.Network is PhoneNetwork.Twilio) _byConnection[call.CorrelationId] = call;
        else _byContext[call.Context] = call;
        while (_all.Count > options.Remembered && _all.TryPeek(out var oldest) && oldest.WhenEnded.IsCompleted && _all.TryDequeue(out var forgotten))
        {
            _byContext.TryRemove(forgotten.Context, out _);
            _byConnection.TryRemove(forgotten.CallConnectionId, out _);
            _byConnection.TryRemove(forgotten.CorrelationId, out _);
        }
    }

    internal SimulatedCall? Ringing(string? context) => context is not null && _byContext.TryGetValue(context, out var call) ? call : null;

    internal void Connected(SimulatedCall call) => _byConnection[call.CallConnectionId] = call;

    internal SimulatedCall? Connection(string? id) => id is not null && _byConnection.TryGetValue(id, out var call) && call.Plan.Network is PhoneNetwork.Acs ? call : null;

    internal SimulatedCall? OfTwilio(string? sid) => sid is not null && _byConnection.TryGetValue(sid, out var call) && call.Plan.Network is PhoneNetwork.Twilio ? call : null;

    /// <summary>The call goes on to another number, which may be one of ours.</summary>
    internal void Forward(SimulatedCall call, string number) => forward(call, number);
}
