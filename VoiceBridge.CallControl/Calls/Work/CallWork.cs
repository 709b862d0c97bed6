using System.Collections.Concurrent;

namespace VoiceBridge.CallControl.Calls.Work;

/// <summary>
/// Owns what goes on after a request has been answered. At SIGTERM, <see cref="Stopping"/> tells the tasks to finish or to hand over,
/// and the host waits for them; <see cref="Abandoned"/> fires when it waits no longer.
/// </summary>
internal sealed partial class CallWork(IHostApplicationLifetime lifetime, ILogger<CallWork> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>The process is asked to stop: wait for nothing any more.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>The process goes now: drop even what is half done.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>How many tasks run.</summary>
    public int Running => _running.Count;

    /// <summary>Starts <paramref name="work"/> for a call. What it throws is logged and hurts no other call.</summary>
    public void Start(string callId, Func<Task> work)
    {
        // The work outlives the request: it must not carry the request's log scopes and trace along.
        using var suppressed = ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow();
        var task = Task.Run(() => RunAsync(callId, work));
        _running[task] = 0;
        _ = task.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_running.Keys).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Log.Abandoning(logger, _running.Count);
        }

        await _abandoned.CancelAsync();
    }

    public void Dispose() => _abandoned.Dispose();

    private async Task RunAsync(string callId, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested)
        {
            // Handed over or abandoned, which the work itself has logged.
        }
        catch (Exception exception)
        {
            Log.Failed(logger, exception, callId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Error, "Work for call {CallId} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string callId);

        [LoggerMessage(1102, LogLevel.Warning, "Stopped with {Count} tasks unfinished")]
        public static partial void Abandoning(ILogger logger, int count);
    }
}
