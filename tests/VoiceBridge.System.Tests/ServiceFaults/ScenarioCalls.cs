using System.Globalization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.System.Tests.Trust;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.ServiceFaults;

/// <summary>A call for each of some scenarios, all at the same time in one system; their tests look at what became of them.</summary>
internal sealed class ScenarioCalls : IAsyncDisposable
{
    /// <summary>From the first ring on. The longest scenario takes half of it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>What a test may wait at least, however late it runs.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, SimulatedCall> _calls = [];
    private readonly CapturedLog _log = new();
    private DateTimeOffset _began;

    private ScenarioCalls()
    {
    }

    internal LocalSystem System { get; private set; } = null!;

    internal SimulatedAzure Azure => System.Azure!;

    /// <summary>What the services have logged.</summary>
    internal IReadOnlyCollection<string> Log => _log.Lines;

    internal SimulatedCall this[Scenario scenario] => _calls[scenario.Name];

    internal static async Task<ScenarioCalls> StartAsync(
        RedisServers servers, IReadOnlyList<Scenario> scenarios, Action<SimulatorOptions>? simulate = null, params (string Key, string Value)[] settings)
    {
        var all = new ScenarioCalls();
        var profiles = scenarios.SelectMany((scenario, i) => scenario.Settings(Number(i)));
        all.System = await Systems.StartAsync(servers, RedisKind.Garnet, options => (options with
        {
            Log = all._log,
            Simulate = azure =>
            {
                foreach (var fault in scenarios.SelectMany(scenario => scenario.OwnFaults())) azure.VoiceLive.Faults.Add(fault);
                simulate?.Invoke(azure);
            },
        }).With([.. profiles, .. settings]));
        foreach (var (i, scenario) in scenarios.Index())
        {
            all._calls[scenario.Name] = all.Azure.PlaceCall(new CallPlan
            {
                From = $"+1425555{(i + 100).ToString("0000", CultureInfo.InvariantCulture)}", To = Number(i), Script = scenario.Script,
                AnnouncedSampleRate = scenario.AnnouncedSampleRate,
            });
        }
        all._began = DateTimeOffset.UtcNow;
        return all;
    }

    public ValueTask DisposeAsync() => System.DisposeAsync();

    /// <summary>What the caller heard, once it is as wanted.</summary>
    internal async Task<IReadOnlyList<HeardTurn>> HeardAsync(Scenario scenario, Func<IReadOnlyList<HeardTurn>, bool> wanted, string what)
    {
        var call = this[scenario];
        await UntilAsync(() => Task.FromResult(wanted(call.Heard)), what, () => Tell(scenario));
        return call.Heard;
    }

    /// <summary>The caller hears the agent say this, as the first thing, the second and so on. Recordings of the gateway's own, which carry no text, do
    /// not count.</summary>
    internal async Task HearsAsync(Scenario scenario, params string[] texts)
    {
        await HeardAsync(scenario, _ => Spoken(scenario).Count >= texts.Length, $"'{string.Join("', '", texts)}' to be heard");
        Assert.Equal(texts, Spoken(scenario).Take(texts.Length).Select(turn => turn.Text));
    }

    /// <summary>What the caller heard of the agent, without the gateway's own recordings.</summary>
    internal IReadOnlyList<HeardTurn> Spoken(Scenario scenario) => [.. this[scenario].Heard.Where(turn => turn.Text is not null)];

    /// <summary>The record of the call when it has ended.</summary>
    internal async Task<CallRecord> EndedAsync(Scenario scenario)
    {
        var call = this[scenario];
        await UntilAsync(() => Task.FromResult(call.WhenEnded.IsCompleted), "the end of the call", () => Tell(scenario));
        return await System.RecordAsync(call, record => record.State == CallState.Ended);
    }

    internal Task<CallRecord> RecordAsync(Scenario scenario) => System.RecordAsync(this[scenario], record => record.CallConnectionId is not null);

    /// <summary>What the dashboard shows of the call, in order.</summary>
    internal async Task<IReadOnlyList<CallEvent>> TimelineAsync(Scenario scenario) =>
        await System.Cluster.Calls.ListEventsAsync((await RecordAsync(scenario)).CallId, TestContext.Current.CancellationToken);

    /// <summary>The timeline has something about this.</summary>
    internal Task ToldAsync(Scenario scenario, string part) => UntilAsync(
        async () => (await TimelineAsync(scenario)).Any(e => $"{e.Kind} {e.Text}".Contains(part, StringComparison.OrdinalIgnoreCase)),
        $"'{part}' in the timeline", () => Tell(scenario));

    /// <summary>The timeline has something about this, or a warning that names the call.</summary>
    internal Task ToldOrLoggedAsync(Scenario scenario, string part) => UntilAsync(
        async () => (await TimelineAsync(scenario)).Any(e => e.Text.Contains(part, StringComparison.OrdinalIgnoreCase))
            || Log.Any(line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains(part, StringComparison.OrdinalIgnoreCase)
                && line.Contains(this[scenario].CallConnectionId, StringComparison.Ordinal)),
        $"'{part}' in the timeline or among the call's warnings", () => Tell(scenario));

    /// <summary>The call's sessions so far, oldest first.</summary>
    internal IReadOnlyList<SimulatedSession> Sessions(Scenario scenario) =>
        [.. Azure.Sessions.Where(session => session.Updates.Any(update => update.Contains(scenario.Instructions, StringComparison.Ordinal)))];

    internal Task UntilAsync(Func<Task<bool>> condition, string what, Func<string>? tell = null)
    {
        var left = _began + Longest - DateTimeOffset.UtcNow;
        return Eventually.True(condition, left > Shortest ? left : Shortest, what, tell);
    }

    private string Tell(Scenario scenario)
    {
        var call = this[scenario];
        var sessions = Sessions(scenario);
        string[] telling = ["error", "response.created", "response.done"];
        var said = string.Join(" / ", call.Said.Select(turn => turn.Text));
        var heard = string.Join(" / ", call.Heard.Select(turn => turn.Text ?? "(a sound)"));
        var sent = string.Join(", ", sessions.SelectMany(session => session.SentByType).Where(type => telling.Contains(type.Key)).Select(type => $"{type.Value} {type.Key}"));
        return $"It is {call.State} ({call.EndReason}), said: {said}; heard: {heard}; sessions: {sessions.Count}, sent: {sent}";
    }

    private static string Number(int i) => $"+1425556{i.ToString("0000", CultureInfo.InvariantCulture)}";
}
