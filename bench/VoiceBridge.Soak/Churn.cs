using System.Net.WebSockets;
using VoiceBridge.Local;
using VoiceBridge.Simulator;

namespace VoiceBridge.Soak;

/// <summary>Callers of all kinds, one after the other by the clock, and what befalls them.</summary>
internal sealed class Churn(LocalSystem system, double rate)
{
    /// <summary>More at once than there is room for: the rest are busy.</summary>
    private const int Crowd = 25;

    private static readonly TimeSpan CrowdEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DropEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan EndDeadline = TimeSpan.FromSeconds(60);
    private readonly Random _random = new(1);
    private readonly List<SimulatedCall> _going = [];
    private int _numbers;

    public int Offered { get; private set; }

    public int Answered { get; private set; }

    public int Busy { get; private set; }

    public int Aborted { get; private set; }

    public int GaveUp { get; private set; }

    /// <summary>Media sockets without a right to be there.</summary>
    public int Intruders { get; private set; }

    public int Foreign { get; private set; }

    public async Task RunAsync(TimeSpan length, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var (nextCrowd, nextDrop) = (CrowdEvery, DropEvery);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
        while (time.GetElapsedTime(started) is var elapsed && elapsed < length && await timer.WaitForNextTickAsync(cancel))
        {
            Place();
            Befall();
            Forget();
            if (Offered % 10 == 0) await IntrudeAsync(cancel);
            if (elapsed >= nextDrop)
            {
                nextDrop += DropEvery;
                system.Azure!.DropVoiceLive(0.2);
            }
            if (elapsed < nextCrowd) continue;
            nextCrowd += CrowdEvery;
            for (var i = 0; i < Crowd; i++) Place();
        }
    }

    /// <summary>Everybody hangs up, and the cluster knows of nobody any more.</summary>
    /// <exception cref="InvalidOperationException">Something is left.</exception>
    public async Task EndAsync(CancellationToken cancel)
    {
        await Task.WhenAll(_going.Select(call => call.HangUpAsync()));
        Forget();
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (await LeftAsync(cancel) is { } left)
        {
            if (time.GetElapsedTime(started) > EndDeadline) throw new InvalidOperationException($"Left {EndDeadline.TotalSeconds:0} s after the last call: {left}.");
            await Task.Delay(200, cancel);
        }
    }

    /// <summary>What is held for calls, in words; null when it is nothing.</summary>
    private async Task<string?> LeftAsync(CancellationToken cancel)
    {
        var load = await system.Cluster.Desk.LoadAsync(cancel);
        var live = (await system.Cluster.Calls.ListLiveAsync(cancel)).Count;
        var due = await system.Cluster.Redis.GetDatabase().SortedSetLengthAsync($"{{vb-{system.ClusterName}}}:due");
        var sessions = system.Azure!.Sessions.Count(session => session.IsOpen);
        return load.Active + load.Reserved + load.Waiting + live + due + sessions == 0
            ? null
            : $"{load.Active} connections, {load.Reserved} reservations, {load.Waiting} waiting, {live} calls, {due} due, {sessions} sessions";
    }

    private void Place()
    {
        Offered++;
        _going.Add(system.Azure!.PlaceCall(new CallPlan
        {
            From = $"+1425{++_numbers % 10_000_000:0000000}",
            Script = CallerScript.Conversation(100),
            HangUpAfter = TimeSpan.FromSeconds(2 + 6 * _random.NextDouble()),
            GiveUpAfter = _random.Next(10) == 0 ? TimeSpan.FromMilliseconds(_random.Next(20, 400)) : null,
        }));
    }

    /// <summary>One of those who talk is cut off, sends rubbish, or reads no more.</summary>
    private void Befall()
    {
        if (_going.Count == 0 || _going[_random.Next(_going.Count)] is not { MediaOpen: true } call) return;
        switch (_random.Next(8))
        {
            case 0:
                Aborted++;
                call.AbortMedia();
                break;
            case 1:
                _ = call.SendGarbageAsync();
                break;
            case 2:
                call.StopReading();
                break;
        }
    }

    private async Task IntrudeAsync(CancellationToken cancel)
    {
        Intruders++;
        using var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(new UriBuilder(system.Media) { Scheme = "ws", Path = "/acs/ws", Query = "ticket=none" }.Uri, cancel);
            throw new InvalidOperationException("A socket without a ticket was let in.");
        }
        catch (WebSocketException)
        {
            // As it should be.
        }
    }

    private void Forget()
    {
        foreach (var call in _going.Where(call => call.WhenEnded.IsCompleted))
        {
            if (call.Stats.TimeToAnswer is not null) Answered++;
            if (call.State == SimulatedCallState.Rejected) Busy++;
            if (call.State == SimulatedCallState.MissedRinging) GaveUp++;
            if (call.Stats.FramesForeign > 0) Foreign++;
        }
        _going.RemoveAll(call => call.WhenEnded.IsCompleted);
    }
}
