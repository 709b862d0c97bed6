using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.CallControl.Tests.Calls;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Storage;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EndedCalls;

/// <summary>Replicas that take ended calls to a history.</summary>
public abstract class EndedCallsTest(RedisServers servers) : ClusterTest(servers)
{
    protected const string Caller = "+14255550123";

    private protected override void Configure(Dictionary<string, string?> settings)
    {
        settings["History:Settle"] = "00:00:00.05";
        settings["Transcripts:Keep"] = "true";
        settings["Privacy:CallerId"] = "Full";
    }

    /// <summary>From now on ended calls are put into the outbox.</summary>
    private protected static Task OpenAsync(CallControlHost host) => host.Services.GetRequiredService<Outbox>().OpenAsync(TimeSpan.FromMilliseconds(50), Ct);

    /// <summary>Calls that have just ended; their ids.</summary>
    private protected static async Task<List<string>> EndAsync(CallControlHost host, int count)
    {
        var calls = Enumerable.Range(0, count).Select(_ => Guid.NewGuid().ToString("N")).ToList();
        var kept = host.Services.GetRequiredService<VoiceBridge.Cluster.Transcripts.Transcripts>();
        await Parallel.ForEachAsync(calls, Ct, async (call, ct) =>
        {
            await host.Calls.AdvanceAsync(call, CallState.Connected, new CallChange { From = Caller, To = "+18005550100", Agent = "default", RangAt = DateTimeOffset.UtcNow }, ct);
            await kept.AppendAsync(call, [new Turn(DateTimeOffset.UnixEpoch, "caller", "Hello")], ct);
            await host.Services.GetRequiredService<CallControl.Calls.Ending.CallEnding>().EndAsync(call, CallState.Ended, "caller_hung_up", ct);
        });
        return calls;
    }

    private protected static async Task<IReadOnlyList<EndedCall>> KeptAsync(CallControlHost host, int count)
    {
        IReadOnlyList<EndedCall> kept = [];
        await Eventually.True(
            async () =>
            {
                try
                {
                    kept = (await host.Services.GetRequiredService<CallHistory>().FindAsync(new CallQuery { Count = 500 }, Ct)).Calls;
                }
                catch (System.Data.Common.DbException)
                {
                    // Not there yet.
                }

                return kept.Count >= count;
            },
            TimeSpan.FromSeconds(90),
            $"{count} calls in the history",
            () => $"{kept.Count} are there. {string.Join('\n', host.Logs.Lines.Where(line => line.Contains("EndedCalls", StringComparison.Ordinal)))}");
        return kept;
    }
}
