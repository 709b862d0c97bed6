using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;

namespace VoiceBridge.Dashboard.Snapshots;

/// <summary>
/// Keeps one snapshot of the cluster for all pages of this process: read when pub/sub says that something changed, twice a second
/// at most, and every other second anyway. While Redis is away the last one stays, marked as stale.
/// </summary>
internal sealed partial class ClusterSnapshotService(
    SnapshotReader reader, CallCache calls, ClusterEvents events, AlertLog alertLog, IOptions<DashboardOptions> options, TimeProvider time,
    ILogger<ClusterSnapshotService> logger) : BackgroundService, ISnapshotSource
{
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private volatile ClusterSnapshot _current = ClusterSnapshot.Empty;
    private IAsyncDisposable? _subscription;

    public ClusterSnapshot Current => _current;

    public event Action<ClusterSnapshot>? Changed;

    public event Action<ClusterEvent>? Announced;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Connecting to a Redis that is away blocks for its timeout; the host must not wait for that.
        await Task.Yield();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await ReadOnceAsync(stoppingToken);
                await Task.Delay(options.Value.MinInterval, time, stoppingToken);
                await WaitForChangeAsync(options.Value.PollInterval - options.Value.MinInterval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            if (_subscription is not null) await UnsubscribeAsync(_subscription);
        }
    }

    private async Task ReadOnceAsync(CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(ReadDeadline);
        try
        {
            _subscription ??= await events.SubscribeAsync(OnEvent, deadline.Token);
            var snapshot = await reader.ReadAsync(_current, deadline.Token);
            if (_current.StaleSince is { } since) LogBack(logger, since);
            Publish(snapshot);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            // Whatever went wrong, screens must say that they are old, and the next reading is a new chance.
            if (_current.StaleSince is null) LogAway(logger, exception is RedisException ? exception.Message : exception.ToString());
            Publish(_current with { StaleSince = _current.StaleSince ?? time.GetUtcNow() });
        }
    }

    private void Publish(ClusterSnapshot snapshot)
    {
        _current = snapshot;
        Changed?.Invoke(snapshot);
    }

    private void OnEvent(ClusterEvent change)
    {
        if (change is { Kind: AlertLog.EventKind, Detail: { Length: > 0 } detail }) alertLog.Add(detail, change.CallId, time.GetUtcNow());
        calls.Note(change);
        Announced?.Invoke(change);
        try
        {
            _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // A reading is already wanted.
        }
    }

    private async Task WaitForChangeAsync(TimeSpan atMost, CancellationToken ct)
    {
        if (atMost <= TimeSpan.Zero) return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            await _wanted.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Nothing was announced: read anyway.
        }
    }

    private static async Task UnsubscribeAsync(IAsyncDisposable subscription)
    {
        try
        {
            await subscription.DisposeAsync();
        }
        catch (RedisException)
        {
            // Redis is away, and the subscription with it.
        }
    }

    public override void Dispose()
    {
        _wanted.Dispose();
        base.Dispose();
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning, Message = "Redis does not answer; the dashboard shows the last known state: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "Redis answers again; the dashboard was stale since {Since:O}")]
    private static partial void LogBack(ILogger logger, DateTimeOffset since);
}
