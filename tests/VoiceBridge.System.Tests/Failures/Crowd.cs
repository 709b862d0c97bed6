using VoiceBridge.Cluster.Calls;
using VoiceBridge.Local;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Failures;

/// <summary>Callers who talk with the agent until the test ends their calls, and what must hold of them while something fails.</summary>
internal sealed class Crowd
{
    /// <summary>Many processes on a busy machine: what takes five seconds may take a minute.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const string FirstQuestion = "where is my order";
    private static int _numbers;
    private readonly LocalSystem _system;

    private Crowd(LocalSystem system, SimulatedCall[] calls) => (_system, Calls) = (system, calls);

    internal SimulatedCall[] Calls { get; }

    /// <summary>Processes of their own, on the test's servers; their warnings are in the test's output.</summary>
    internal static LocalOptions InProcesses(LocalOptions options)
    {
        var output = TestContext.Current.TestOutputHelper;
        return (options with { Processes = true, ChildOutput = line => output?.WriteLine($"{DateTime.UtcNow:HH:mm:ss.fff} {line}") })
            .With(("Logging:LogLevel:Default", "Warning"));
    }

    internal static SimulatedCall[] Place(LocalSystem system, int count, CallerScript script, PhoneNetwork network = PhoneNetwork.Acs) =>
        [.. Enumerable.Range(0, count).Select(_ => system.Azure!.PlaceCall(new CallPlan { Network = network, From = Number(), Script = script }))];

    /// <summary>So many callers, all of whom have been greeted and have had an answer. What they asked is taken down; where the test has no key to read that, the
    /// service has told the gateway what it understood.</summary>
    internal static async Task<Crowd> TalkingAsync(LocalSystem system, int count, bool readable = true, PhoneNetwork network = PhoneNetwork.Acs)
    {
        var crowd = new Crowd(system, Place(system, count, CallerScript.Conversation(1_000), network));
        await Eventually.True(
            () => crowd.Calls.All(call => call.Heard.Count >= 2), Patience, $"all {count} callers to talk", () => Tell(crowd.Calls.Where(call => call.Heard.Count < 2)));
        await crowd.StreamingAsync();
        // What a machine that stutters plays in two parts counts as two: the question may only just be asked, and be lost with the line.
        await Eventually.True(readable ? crowd.IsTakenDownAsync : crowd.IsUnderstoodAsync, Patience, "every caller's question to be taken down");
        return crowd;
    }

    /// <summary>Those whose audio is with this gateway.</summary>
    internal async Task<SimulatedCall[]> OnAsync(string gatewayId)
    {
        var theirs = (await LiveAsync()).Values.Where(record => record.GatewayId == gatewayId).Select(record => record.CorrelationId).ToHashSet();
        return [.. Calls.Where(call => theirs.Contains(call.CorrelationId))];
    }

    /// <summary>Each call of the crowd that goes on has one media socket, and the cluster knows it: on a gateway that lives, and no other beside it.</summary>
    internal Task StreamingAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        return Eventually.True(
            async () =>
            {
                var going = Calls.Where(call => call.State == SimulatedCallState.Answered).ToArray();
                var records = await LiveAsync();
                var open = (await _system.Cluster.Connections.ListAsync(ct)).ToLookup(connection => connection.CorrelationId);
                var alive = (await _system.Cluster.Gateways.ListAsync(ct)).Where(g => g.State != Cluster.Gateways.GatewayState.Dead).Select(g => g.Heartbeat.GatewayId).ToHashSet();
                return going.All(call => call.MediaOpen
                    && records.TryGetValue(call.CorrelationId, out var record)
                    && record is { State: CallState.Connected, Media: MediaState.Open }
                    && open[call.CorrelationId].ToArray() is [var only]
                    && only.ConnectionId == record.ConnectionId
                    && alive.Contains(only.GatewayId));
            },
            Patience,
            "every call to stream, and the cluster to say so");
    }

    /// <summary>Each of these hears the agent say something from now on.</summary>
    internal static async Task HearingAsync(IReadOnlyCollection<SimulatedCall> calls)
    {
        var before = calls.ToDictionary(call => call, call => call.Heard.Count);
        await Eventually.True(
            () => calls.All(call => call.Heard.Count > before[call]), Patience,
            $"{calls.Count} callers to hear the agent again", () => Tell(calls.Where(call => call.Heard.Count <= before[call])));
    }

    /// <summary>The agent of each of these knows what was said before its call was moved: its latest session was told.</summary>
    internal async Task RememberedAsync(IReadOnlyCollection<SimulatedCall> calls)
    {
        try
        {
            await Eventually.True(() => calls.All(Remembers), Patience, "every moved call's new session to be told the conversation so far");
        }
        catch (Exception exception) when (calls.FirstOrDefault(call => !Remembers(call)) is { } forgotten)
        {
            Assert.Fail($"{exception.Message}\n{await StoryAsync(forgotten)}");
        }

        bool Remembers(SimulatedCall call) => _system.Azure!.Sessions.LastOrDefault(session => session.IsOpen && session.Mark == call.Mark) is { } session
            && session.Items.Any(item => item is { FromClient: true, Role: "user" } && IsFirstQuestion(item.Text));
    }

    private async Task<bool> IsTakenDownAsync()
    {
        var records = await LiveAsync();
        var mine = Calls.Select(call => records.GetValueOrDefault(call.CorrelationId)).OfType<CallRecord>();
        var turns = await Task.WhenAll(mine.Select(record => _system.Cluster.Turns.ReadAsync(record.CallId, TestContext.Current.CancellationToken)));
        return turns.Count(said => said.Any(turn => IsFirstQuestion(turn.Text))) == Calls.Length;
    }

    private Task<bool> IsUnderstoodAsync() => Task.FromResult(Calls.All(call =>
        _system.Azure!.Sessions.Any(session => session.Mark == call.Mark && session.Items.Any(item => item is { FromClient: false, Role: "user" } && IsFirstQuestion(item.Text)))));

    private static bool IsFirstQuestion(string text) => text.Contains(FirstQuestion, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the cluster and the sessions know of a call.</summary>
    private async Task<string> StoryAsync(SimulatedCall call)
    {
        var ct = TestContext.Current.CancellationToken;
        var record = (await LiveAsync())[call.CorrelationId];
        var events = await _system.Cluster.Calls.ListEventsAsync(record.CallId, ct);
        var turns = await _system.Cluster.Turns.ReadAsync(record.CallId, ct);
        return string.Join('\n',
            [
                Tell(call), record.ToString(),
                .. events.Select(entry => $"  {entry.At:HH:mm:ss.fff} {entry.Kind} {entry.Text}"),
                .. turns.Select(turn => $"  {turn.At:HH:mm:ss.fff} {turn.Speaker}: {turn.Text}"),
                .. _system.Azure!.Sessions.Where(session => session.Mark == call.Mark).Select(session =>
                    $"  session, {(session.IsOpen ? "open" : "over")}: {string.Join(" | ", session.Items.Select(item => $"{item.FromClient} {item.Role} {item.Text}").Take(8))}"),
            ]);
    }

    /// <summary>None of these has ended; of one that has, everything that is known is told.</summary>
    internal async Task AssertGoingAsync()
    {
        if (Calls.FirstOrDefault(call => call.State != SimulatedCallState.Answered) is not { } lost) return;
        var ct = TestContext.Current.CancellationToken;
        var record = (await _system.Cluster.Calls.ListRecentAsync(1_000, ct)).Concat(await _system.Cluster.Calls.ListLiveAsync(ct))
            .FirstOrDefault(record => record.CorrelationId == lost.CorrelationId);
        var events = record is null ? [] : await _system.Cluster.Calls.ListEventsAsync(record.CallId, ct);
        Assert.Fail($"{Tell(lost)}\n{record}\n{string.Join('\n', events.Select(entry => $"  {entry.At:HH:mm:ss.fff} {entry.Kind} {entry.Text}"))}");
    }

    /// <summary>These have noticed nothing.</summary>
    internal static void AssertUntouched(IEnumerable<SimulatedCall> calls) => Assert.All(calls, call =>
    {
        Assert.True(call.State == SimulatedCallState.Answered, Tell(call));
        Assert.Equal(1, call.Stats.MediaSockets);
        Assert.Equal(0, call.Stats.FramesLost);
        Assert.Equal(0, call.Stats.FramesForeign);
    });

    internal async Task HangUpAsync()
    {
        await Task.WhenAll(Calls.Select(call => call.HangUpAsync()));
        await _system.EmptyAsync();
    }

    internal static string Tell(SimulatedCall call) =>
        $"{call.Plan.From} is {call.State} ({call.EndReason}), {call.Stats.MediaSockets} sockets, open {call.MediaOpen}, heard {call.Heard.Count}";

    /// <summary>How some of them are.</summary>
    internal static string Tell(IEnumerable<SimulatedCall> calls) => string.Join("; ", calls.Take(3).Select(Tell));

    private static string Number() => $"+1425556{Interlocked.Increment(ref _numbers):0000}";

    private async Task<Dictionary<string, CallRecord>> LiveAsync()
    {
        var live = await _system.Cluster.Calls.ListLiveAsync(TestContext.Current.CancellationToken);
        return live.DistinctBy(record => record.CorrelationId).ToDictionary(record => record.CorrelationId);
    }
}
