using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Admission;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Events;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Calls.Ringing;

/// <summary>Whether a call got a slot, and if not, what it waited for last.</summary>
internal readonly record struct AdmissionVerdict(bool Admitted, bool Offline, string Why);

/// <summary>
/// Lets calls ring until there is room for them, at most until their <c>Admission:RingSeconds</c> are over. This replica asks for all of its calls in one step,
/// when one comes, when something has changed, and five times a second while some wait.
/// </summary>
internal sealed partial class CallAdmission(
    AdmissionQueue queue, OfflineAllowance offline, ClusterEvents events, CallCounters counters, Replica replica, IOptions<CallOptions> options, TimeProvider time,
    ILogger<CallAdmission> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Changes and calls come in bursts: not more often than this.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, Waiter> _waiting = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private long _order;

    public async Task<AdmissionVerdict> WaitAsync(IncomingCall call, CancellationToken cancellationToken)
    {
        using var activity = VoiceBridgeTelemetry.Source.StartActivity("admit call");
        var waiter = _waiting.GetOrAdd(
            call.CallId, _ => new Waiter(call.CallId, call.RangAt + TimeSpan.FromSeconds(options.Value.Admission.RingSeconds), Interlocked.Increment(ref _order)));
        Wake();
        try
        {
            var verdict = await waiter.Verdict.Task.WaitAsync(cancellationToken);
            var waited = time.GetUtcNow() - call.RangAt;
            if (waited < TimeSpan.Zero) waited = TimeSpan.Zero; // The event's clock is not ours.
            VoiceBridgeTelemetry.AdmissionWait.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("outcome", verdict.Why));
            // Nobody is let wait longer; the tick that says so may come a moment later.
            counters.AddLatency("admission_wait", waited, TimeSpan.FromSeconds(options.Value.Admission.RingSeconds));
            activity?.SetTag("outcome", verdict.Why);
            return verdict;
        }
        finally
        {
            // One that is not waited for any more keeps its place in the queue, which is the call's and not the replica's.
            _waiting.TryRemove(call.CallId, out _);
        }
    }

    public override void Dispose()
    {
        _wanted.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(ListenAsync(stoppingToken), AskAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task AskAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wanted.WaitAsync(_waiting.IsEmpty ? Timeout.InfiniteTimeSpan : Interval, stoppingToken);
            try
            {
                await AskOnceAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // A mistake of ours: nobody waits for it to mend itself.
                Log.Failed(logger, exception);
                foreach (var waiter in _waiting.Values) waiter.Verdict.TrySetException(exception);
            }

            await Task.Delay(Pace, time, stoppingToken);
        }
    }

    private async Task AskOnceAsync(CancellationToken cancellationToken)
    {
        var waiting = _waiting.Values.Where(waiter => !waiter.Verdict.Task.IsCompleted).OrderBy(waiter => waiter.Order).ToList();
        if (waiting.Count == 0) return;
        var settings = options.Value;
        IReadOnlyList<AdmissionVerdict> verdicts;
        try
        {
            var policy = new AdmissionPolicy(settings.Admission.Headroom, settings.VoiceLive.RecoveryReserve);
            var outcomes = await queue.AskAsync(replica.Id, [.. waiting.Select(waiter => waiter.CallId)], policy, cancellationToken);
            verdicts = [.. outcomes.Select(outcome => new AdmissionVerdict(outcome.Admitted, Offline: false, outcome.Admitted ? "admitted" : Name(outcome.Why)))];
        }
        catch (Exception exception) when (RedisFailures.IsTransient(exception))
        {
            verdicts = [.. waiting.Select(waiter => offline.TryTake(waiter.CallId)
                ? new AdmissionVerdict(Admitted: true, Offline: true, "admitted_blind")
                : new AdmissionVerdict(Admitted: false, Offline: true, "blind"))];
        }

        var now = time.GetUtcNow();
        foreach (var (waiter, verdict) in waiting.Zip(verdicts))
        {
            if (verdict.Admitted || now >= waiter.Until) waiter.Verdict.TrySetResult(verdict);
        }
    }

    /// <summary>Asks anew when a connection, a gateway or a call has changed somewhere in the cluster.</summary>
    private async Task ListenAsync(CancellationToken stoppingToken)
    {
        IAsyncDisposable? subscription = null;
        using var retry = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        do
        {
            await RedisFailures.IgnoreAsync(async () => subscription = await events.SubscribeAsync(Hear, stoppingToken));
        }
        while (subscription is null && await retry.WaitForNextTickAsync(stoppingToken));
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
        }
        finally
        {
            await RedisFailures.IgnoreAsync(async () => await subscription!.DisposeAsync());
        }
    }

    private void Hear(ClusterEvent change)
    {
        if (_waiting.IsEmpty) return;
        if (change.Kind is "connection" or "gateway" or AdmissionQueue.AdmittedEvent
            || change is { Kind: "call", Detail: nameof(CallState.Ended) or nameof(CallState.Rejected) })
            Wake();
    }

    private void Wake()
    {
        try
        {
            if (_wanted.CurrentCount == 0) _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to ask already.
        }
    }

    private static string Name(AdmissionWait why) => why switch
    {
        AdmissionWait.NoGateway => "no_gateway",
        AdmissionWait.VoiceLive => "voice_live",
        AdmissionWait.Queue => "queue",
        AdmissionWait.Settling => "settling",
        _ => "capacity",
    };

    private sealed record Waiter(string CallId, DateTimeOffset Until, long Order)
    {
        public TaskCompletionSource<AdmissionVerdict> Verdict { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static partial class Log
    {
        [LoggerMessage(1251, LogLevel.Error, "Could not ask for the calls that wait")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
