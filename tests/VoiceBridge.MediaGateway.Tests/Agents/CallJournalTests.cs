using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using VoiceBridge.Cluster;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.MediaGateway.Journal;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Agents;

/// <summary>The journal against the embedded Redis.</summary>
public sealed class CallJournalTests : IAsyncLifetime
{
    private readonly string _callId = Guid.NewGuid().ToString("N");
    private RedisServer _server = null!;
    private ServerLink _link = null!;
    private ConnectionMultiplexer _connection = null!;
    private ServiceProvider _services = null!;
    private CallJournal _journal = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync(RedisKind.Garnet);
        _link = new ServerLink(_server.Port);
        _connection = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
        {
            EndPoints = { { "127.0.0.1", _link.Port } },
            AbortOnConnectFail = false,
            AsyncTimeout = 30_000,
            ReconnectRetryPolicy = new LinearRetry(200),
        });
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Cluster:Name"] = RedisServers.UniqueName(),
            ["Cluster:Keys:0"] = Convert.ToBase64String(new byte[32]),
            ["Transcripts:Keep"] = "true",
        }).Build();
        _services = new ServiceCollection().AddLogging().AddSingleton<IConnectionMultiplexer>(_connection).AddCluster(configuration)
            .AddSingleton<CallJournal>().BuildServiceProvider();
        _journal = _services.GetRequiredService<CallJournal>();
        await _journal.StartAsync(Ct);
        await Calls.AdvanceAsync(_callId, CallState.Connected, new CallChange { CorrelationId = "c", Type = "acs" }, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _connection.DisposeAsync();
        await _link.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Entries_AreWrittenInOrder()
    {
        for (var i = 0; i < 20; i++)
            _journal.Event(_callId, "tool", $"{i}");
        _journal.Change(_callId, new CallChange { InputTokens = 5, Cost = 0.25m });
        _journal.Change(_callId, new CallChange { InputTokens = 7, Cost = 0.5m });

        var record = await Eventually.Get(() => Calls.GetAsync(_callId, Ct), call => call?.InputTokens == 12);
        Assert.Equal(0.75m, record!.Cost);
        await Eventually.True(async () => await CountedAsync("tokens_in") == 12, what: "the tokens of the minute");
        var events = await Calls.ListEventsAsync(_callId, Ct);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), events.Where(entry => entry.Kind == "tool").Select(entry => entry.Text));
    }

    [Fact]
    public async Task Turns_AreWhatTheyAreNow_AlsoWhenOneInTheMiddleChanges()
    {
        IReadOnlyList<Turn> turns = [Said("one"), Said("two")];
        var log = new TurnLog(_callId, () => Volatile.Read(ref turns), []);
        _journal.TurnsChanged(log);
        await AreWritten("one", "two");

        turns = [.. turns, Said("three")];
        _journal.TurnsChanged(log);
        await AreWritten("one", "two", "three");

        turns = [turns[0], Said("cut"), turns[2]];
        _journal.TurnsChanged(log);
        await AreWritten("one", "cut", "three");
    }

    [Fact]
    public async Task Turns_ComeBack_AfterRedisHasLostThem()
    {
        IReadOnlyList<Turn> turns = [Said("one"), Said("two")];
        var log = new TurnLog(_callId, () => turns, []);
        _journal.TurnsChanged(log);
        await AreWritten("one", "two");

        await Turns.ReplaceAsync(_callId, [], Ct);
        log.Invalidate();
        _journal.TurnsChanged(log);

        await AreWritten("one", "two");
    }

    [Fact]
    public async Task KeptTurns_AreWritten_AndWhatIsLeftIsWrittenWhenTheProcessEnds()
    {
        _journal.Keep(_callId, Said("kept"));
        await _journal.DisposeAsync();

        var kept = await _services.GetRequiredService<VoiceBridge.Cluster.Transcripts.Transcripts>().ReadAsync(_callId, Ct);
        Assert.Equal("kept", Assert.Single(kept).Text);
    }

    [Fact]
    public async Task WhatComesWhileRedisIsAway_IsWrittenOnceAndInOrder_WhenItIsBack()
    {
        _link.Cut();
        for (var i = 0; i < 20; i++)
        {
            _journal.Event(_callId, "tool", $"{i}");
            _journal.Change(_callId, new CallChange { ToolCalls = 1, InputTokens = 2 });
            _journal.Keep(_callId, Said($"{i}"));
        }
        _journal.Latency("turn", TimeSpan.FromMilliseconds(300));
        _link.Mend();

        var numbers = Enumerable.Range(0, 20).Select(i => $"{i}").ToList();
        await Eventually.True(async () => (await Calls.GetAsync(_callId, Ct))?.ToolCalls == 20, what: "the tools' calls");
        await Eventually.True(
            async () => (await Calls.ListEventsAsync(_callId, Ct)).Where(entry => entry.Kind == "tool").Select(entry => entry.Text).SequenceEqual(numbers),
            what: "the timeline");
        await Eventually.True(
            async () => (await _services.GetRequiredService<VoiceBridge.Cluster.Transcripts.Transcripts>().ReadAsync(_callId, Ct)).Select(turn => turn.Text).SequenceEqual(numbers),
            what: "the kept turns");
        await Eventually.True(async () => await CountedAsync("turn:le:320") == 1 && await CountedAsync("tokens_in") == 40, what: "the counters");
    }

    [Fact]
    public async Task ALongOutage_KeepsTheLatestOfEachCall()
    {
        _link.Cut();
        for (var i = 0; i < 700; i++)
            _journal.Event(_callId, "tool", $"{i}");
        _link.Mend();

        var events = await Eventually.Get(() => Calls.ListEventsAsync(_callId, Ct), entries => entries.Count > 0, what: "the timeline");
        Assert.Equal(500, events.Count);
        Assert.Equal("699", events[^1].Text);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CallStore Calls => _services.GetRequiredService<CallStore>();

    private WorkingTurns Turns => _services.GetRequiredService<WorkingTurns>();

    private async Task<long> CountedAsync(string counter)
    {
        var minutes = await _services.GetRequiredService<VoiceBridge.Cluster.Series.Series>()
            .ReadAsync(DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow, Ct);
        return minutes.Sum(minute => minute[counter]);
    }

    private static Turn Said(string text) => new(DateTimeOffset.UnixEpoch, "caller", text);

    private Task AreWritten(params string[] texts) => Eventually.True(
        async () => (await Turns.ReadAsync(_callId, Ct)).Select(turn => turn.Text).SequenceEqual(texts), what: string.Join(", ", texts));
}
