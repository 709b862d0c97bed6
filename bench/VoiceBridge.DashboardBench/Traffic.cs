using Microsoft.Extensions.DependencyInjection;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Connections;
using VoiceBridge.Cluster.Events;
using VoiceBridge.Cluster.Series;
using VoiceBridge.Cluster.Transcripts;
using VoiceBridge.Testing.Clusters;

namespace VoiceBridge.DashboardBench;

/// <summary>
/// Keeps the number of calls and changes everything else, with the writes and announcements that services make: calls ring, are answered, talk
/// and end after three minutes on average; every call has a turn every five seconds.
/// </summary>
internal sealed class Traffic(IServiceProvider services, ClusterSeed seed, int calls, int gateways)
{
    private const double CallSeconds = 180;
    private const double TurnSeconds = 5;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly Random _random = new(7);
    private readonly Series _series = services.GetRequiredService<Series>();
    private readonly ClusterEvents _events = services.GetRequiredService<ClusterEvents>();
    private readonly Dictionary<string, long> _counted = [];
    private readonly Queue<CallRecord> _ringing = [];
    private double _toRing;
    private double _toTurn;
    private int _placed;

    /// <summary>The call that began first: it goes on, and is the last row of the table.</summary>
    public CallRecord? Oldest { get; private set; }

    public int Ended { get; private set; }

    public async Task RunAsync(CancellationToken cancel)
    {
        Oldest ??= (await seed.Calls.ListLiveAsync(cancel))[0];
        using var timer = new PeriodicTimer(Tick);
        try
        {
            for (var ticks = 1; await timer.WaitForNextTickAsync(cancel); ticks++)
            {
                // A step that has begun is finished, so that what Redis holds is known when the traffic stops.
                await StepAsync(CancellationToken.None);
                if (ticks % 10 == 0) await CountAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private async Task StepAsync(CancellationToken cancel)
    {
        _toRing += calls / CallSeconds * Tick.TotalSeconds;
        _toTurn += calls / TurnSeconds * Tick.TotalSeconds;
        // One comes, the one that rang longest is answered once two ring behind it, one goes.
        for (; _toRing >= 1; _toRing--)
        {
            await RingAsync(cancel);
            if (_ringing.Count <= 2) continue;
            await AnswerAsync(_ringing.Dequeue(), cancel);
            await EndAsync(cancel);
        }
        var talking = seed.Open.ToArray();
        var turns = (int)_toTurn;
        _toTurn -= turns;
        await Task.WhenAll(Enumerable.Range(0, turns).Select(_ => TurnAsync(talking[_random.Next(talking.Length)], cancel)));
    }

    private async Task RingAsync(CancellationToken cancel)
    {
        var number = 2_000_000 + _placed++;
        var call = new CallRecord
        {
            CallId = SampleCluster.CallId(number), CorrelationId = Guid.NewGuid().ToString(), From = $"+4930{number:0000000}", To = "+18005550100", Type = "acs",
            State = CallState.Ringing, Agent = "reception", RangAt = DateTimeOffset.UtcNow,
        };
        _ringing.Enqueue(call);
        Count("offered");
        await seed.WriteCallAsync(call, cancel);
    }

    private async Task AnswerAsync(CallRecord call, CancellationToken cancel)
    {
        var now = DateTimeOffset.UtcNow;
        Count("answered");
        Count(LatencyBuckets.Counter("admission_wait", 30));
        Count(LatencyBuckets.Counter("first_audio", _random.Next(300, 900)));
        await seed.WriteCallAsync(call with { State = CallState.Answering, AnsweredAt = now, CallConnectionId = $"connection-{call.CallId}" }, cancel);
        await seed.WriteCallAsync(
            call with
            {
                State = CallState.Connected, ConnectedAt = now, FirstAudioAt = now, FirstAudioMs = 600,
                GatewayId = SampleCluster.GatewayId(_random.Next(gateways)), ConnectionId = $"media-{call.CallId}",
            },
            cancel);
    }

    private async Task EndAsync(CancellationToken cancel)
    {
        var going = seed.Open.Where(connection => connection.CallId != Oldest!.CallId).ElementAt(_random.Next(seed.Open.Count - 1));
        var reason = _random.Next(4) == 0 ? "agent_ended" : "caller_hung_up";
        Count("ended");
        Count($"end:{reason}");
        await seed.EndCallAsync(going, reason, cancel);
        Ended++;
    }

    private async Task TurnAsync(ConnectionRecord connection, CancellationToken cancel)
    {
        Count(LatencyBuckets.Counter("turn", _random.Next(400, 1_500)));
        Count("tokens_in", 150);
        Count("tokens_out", 80);
        Count("cost_micros", 2_000);
        await seed.Turns.AppendAsync(connection.CallId, [new Turn(DateTimeOffset.UtcNow, "caller", "And what about Friday, if that is not too late for you?")], cancel);
        await seed.Calls.UpdateAsync(connection.CallId, new CallChange { Turns = 1, InputTokens = 150, OutputTokens = 80, Cost = 0.002m }, cancel);
        await _events.PublishAsync(new ClusterEvent("turn", connection.CallId), cancel);
    }

    private void Count(string counter, long by = 1) => _counted[counter] = _counted.GetValueOrDefault(counter) + by;

    private async Task CountAsync(CancellationToken cancel)
    {
        _counted["active_max"] = seed.Open.Count;
        await _series.AddAsync(_counted, cancel);
        _counted.Clear();
    }
}
