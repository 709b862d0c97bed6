using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Harness;

/// <summary>What tests wait for.</summary>
internal static class CallWaits
{
    internal static Task AnsweredAsync(this SimulatedCall call) =>
        Eventually.True(() => call.Stats.TimeToAnswer is not null, Systems.Deadline, $"{call.Plan.From} to be answered (it is {call.State}: {call.EndReason})");

    internal static Task OverAsync(this SimulatedCall call, TimeSpan? deadline = null) =>
        Eventually.True(() => call.WhenEnded.IsCompleted, deadline ?? Systems.Deadline, $"the end of {call.Plan.From}'s call");

    /// <summary>The agent has said so many things from beginning to end.</summary>
    internal static Task HeardAsync(this SimulatedCall call, int turns) =>
        Eventually.True(() => call.Heard.Count >= turns, Systems.Deadline, $"{turns} turns of the agent for {call.Plan.From}");

    /// <summary>The cluster's record of the call, once it fulfils <paramref name="wanted"/>.</summary>
    internal static async Task<CallRecord> RecordAsync(this LocalSystem system, SimulatedCall call, Func<CallRecord, bool> wanted)
    {
        var found = await Eventually.Get(
            async () =>
            {
                var ct = TestContext.Current.CancellationToken;
                var all = (await system.Cluster.Calls.ListLiveAsync(ct)).Concat(await system.Cluster.Calls.ListRecentAsync(1_000, ct));
                return all.FirstOrDefault(record => record.CorrelationId == call.CorrelationId);
            },
            record => record is not null && wanted(record),
            Systems.Deadline,
            $"the record of {call.Plan.From}'s call");
        return found!;
    }

    /// <summary>No call is live, no connection registered and no slot taken any more.</summary>
    internal static Task EmptyAsync(this LocalSystem system) => Eventually.True(
        async () =>
        {
            var ct = TestContext.Current.CancellationToken;
            var load = await system.Cluster.Desk.LoadAsync(ct);
            return load is { Active: 0, Reserved: 0, Waiting: 0 }
                && (await system.Cluster.Calls.ListLiveAsync(ct)).Count == 0
                && (await system.Cluster.Connections.ListAsync(ct)).Count == 0;
        },
        Systems.Deadline,
        "the cluster to be without calls");
}
