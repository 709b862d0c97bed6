using System.Diagnostics;

namespace VoiceBridge.Simulator.Load;

/// <summary>Places many calls by the clock, not by how fast they are answered, and reports what became of them.</summary>
public sealed class LoadRun(SimulatedAzure azure, LoadPlan plan, TimeProvider? time = null)
{
    private const string Unserved = "answered, but never heard anybody";

    /// <summary>A caller who has been on the line that long should have heard something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly List<SimulatedCall> _calls = [];
    private readonly Lock _gate = new();
    private int _mostAtOnce;

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<SimulatedCall> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    /// <summary>Runs it to the end; when cancelled, hangs up and reports what there is.</summary>
    /// <param name="progress">Called several times a second.</param>
    /// <param name="cancel">Ends it early.</param>
    public async Task<LoadReport> RunAsync(Action<LoadReport>? progress = null, CancellationToken cancel = default)
    {
        var script = LoadPlan.Named(plan.Script, plan.Duration);
        var clock = Stopwatch.StartNew();
        var started = _time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), _time);
        var ticks = 0;
        try
        {
            do
            {
                var due = Math.Min(plan.Calls, (int)(_time.GetElapsedTime(started).TotalSeconds * plan.Rate) + 1);
                while (_calls.Count < due) Place(script);
                var going = Calls.Count(c => c.State == SimulatedCallState.Answered);
                _mostAtOnce = Math.Max(_mostAtOnce, going);
                if (ticks++ % 25 == 0) progress?.Invoke(Report(clock.Elapsed));
                if (_calls.Count == plan.Calls && Calls.All(c => c.WhenEnded.IsCompleted)) break;
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(Calls.Select(c => c.HangUpAsync()));
        }
        return Report(clock.Elapsed);
    }

    private void Place(CallerScript script)
    {
        var call = azure.PlaceCall(new CallPlan
        {
            From = $"+{plan.FirstCaller + _calls.Count}",
            To = plan.To,
            Script = script,
            HangUpAfter = plan.Duration,
        });
        lock (_gate) _calls.Add(call);
    }

    private LoadReport Report(TimeSpan elapsed)
    {
        var calls = Calls;
        var stats = calls.Select(c => c.Stats).ToArray();
        var over = calls.Where(c => c.WhenEnded.IsCompleted).ToArray();
        return new LoadReport
        {
            Offered = calls.Count,
            Answered = stats.Count(s => s.TimeToAnswer is not null),
            Busy = over.Count(c => c.State == SimulatedCallState.Rejected),
            Redirected = over.Count(c => c.State == SimulatedCallState.Redirected),
            Lost = over.Count(IsLost),
            MostAtOnce = _mostAtOnce,
            Reasons = over.GroupBy(c => IsUnserved(c) ? Unserved : c.EndReason ?? "").ToDictionary(g => g.Key, g => g.Count()),
            TimeToAnswer = Percentiles.Of(stats.Select(s => s.TimeToAnswer).OfType<TimeSpan>().Select(t => t.TotalMilliseconds)),
            FirstAudio = Percentiles.Of(stats.Select(s => s.FirstAudio).OfType<TimeSpan>().Select(t => t.TotalMilliseconds)),
            TurnLatency = Percentiles.Of(stats.SelectMany(s => s.TurnLatencies)),
            BargeIn = Percentiles.Of(stats.SelectMany(s => s.BargeInLatencies)),
            RoundTrip = Percentiles.Of(stats.SelectMany(s => s.RoundTrips)),
            FramesSent = stats.Sum(s => s.FramesSent),
            FramesLost = stats.Sum(s => s.FramesLost + s.ProbesLost),
            FramesForeign = stats.Sum(s => s.FramesForeign),
            FramesAfterStop = stats.Sum(s => s.FramesAfterStop),
            Interruptions = stats.Sum(s => s.Interruptions),
            Reconnects = stats.Sum(s => Math.Max(s.MediaSockets - 1, 0)),
            LargestGap = stats.Select(s => s.LargestGap.TotalMilliseconds).DefaultIfEmpty().Max(),
            Seconds = Math.Round(elapsed.TotalSeconds, 1),
        };
    }

    private bool IsLost(SimulatedCall call) => call.State switch
    {
        SimulatedCallState.MissedRinging => true,
        // An agent that hangs up after the goodbye has lost nobody.
        SimulatedCallState.Ended => IsUnserved(call) || (call.EndReason != "caller hung up" && !call.ScriptFinished),
        _ => false,
    };

    /// <summary>The caller hung up on silence.</summary>
    private bool IsUnserved(SimulatedCall call) =>
        plan.Duration >= Patience && call is { State: SimulatedCallState.Ended, EndReason: "caller hung up", Stats: { TimeToAnswer: not null, FramesReceived: 0 } };
}
