using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.MediaGateway.Bridge;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// Empties the gateway, when the process is told to stop or an operator wants it: not ready, nobody new, the calls go on until they end or
/// <c>Drain:Seconds</c> is over; then their media sockets are closed, and the cluster moves them to another gateway. Where there is none to
/// take them, their callers are told goodbye.
/// </summary>
internal sealed partial class Drainer(
    ConnectionManager connections, GatewayRegistry registry, GatewayIdentity identity, IOptions<DrainOptions> options, TimeProvider time,
    ILogger<Drainer> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan LookUpDeadline = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private CancellationTokenSource? _ordered;
    private bool _stopping;

    /// <summary>An operator's order. Repeating it changes nothing.</summary>
    public void Order()
    {
        lock (_gate)
        {
            if (_ordered is not null || _stopping)
                return;
            _ordered = new CancellationTokenSource();
            _ = DrainAsync(_ordered.Token);
        }
    }

    /// <summary>Takes the order back; a process that is stopping stays on its way.</summary>
    public void TakeBack()
    {
        lock (_gate)
        {
            if (_ordered is null || _stopping)
                return;
            _ordered.Cancel();
            _ordered.Dispose();
            _ordered = null;
            connections.Draining = false;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _stopping = true;
        await DrainAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _ordered?.Dispose();

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        connections.Draining = true;
        var started = time.GetTimestamp();
        var limit = TimeSpan.FromSeconds(options.Value.Seconds);
        Log.Draining(logger, connections.ActiveConnections, limit.TotalSeconds);
        try
        {
            while (connections.ActiveConnections > 0 && time.GetElapsedTime(started) < limit)
                await Task.Delay(Look, time, cancellationToken);
        }
        catch (OperationCanceledException) when (!_stopping)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            // The platform gives us less time than the setting does: hand over at once.
        }

        var end = new CallEnd(CallEndReason.Drained);
        if (connections.ActiveConnections > 0 && await IsLastAsync())
        {
            Log.LettingGo(logger, connections.ActiveConnections);
            foreach (var connection in connections.Snapshot())
                connection.Handler?.LetGo();
            await WaitAsync(Goodbye);
            end = new CallEnd(CallEndReason.LetGo);
        }
        else if (connections.ActiveConnections > 0)
        {
            Log.HandingOver(logger, connections.ActiveConnections);
        }
        foreach (var connection in connections.Snapshot())
            connection.Handler?.End(end);
        await WaitAsync(HandOver);
        Log.Drained(logger, time.GetElapsedTime(started).TotalSeconds);
    }

    private async Task WaitAsync(TimeSpan limit)
    {
        var since = time.GetTimestamp();
        while (connections.ActiveConnections > 0 && time.GetElapsedTime(since) < limit)
            await Task.Delay(Look, time, CancellationToken.None);
    }

    /// <summary>Nobody else takes calls. When that cannot be known, somebody may.</summary>
    private async Task<bool> IsLastAsync()
    {
        try
        {
            var all = await registry.ListAsync(CancellationToken.None).WaitAsync(LookUpDeadline, time);
            return !all.Any(gateway => gateway.Heartbeat.GatewayId != identity.Id && gateway.State == GatewayState.Ready);
        }
        catch (Exception exception)
        {
            Log.NotKnown(logger, exception.GetType().Name);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Information, "Draining: {Active} calls may go on for {Seconds:0} s")]
        public static partial void Draining(ILogger logger, int active, double seconds);

        [LoggerMessage(1102, LogLevel.Information, "Handing over {Active} calls")]
        public static partial void HandingOver(ILogger logger, int active);

        [LoggerMessage(1104, LogLevel.Warning, "No other gateway takes calls: {Active} callers are told goodbye")]
        public static partial void LettingGo(ILogger logger, int active);

        [LoggerMessage(1105, LogLevel.Warning, "Whether another gateway takes calls is not known ({Error}): handing over")]
        public static partial void NotKnown(ILogger logger, string error);

        [LoggerMessage(1103, LogLevel.Information, "Drained after {Seconds:0.0} s")]
        public static partial void Drained(ILogger logger, double seconds);
    }
}
