using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Gateways;
using VoiceBridge.MediaGateway.Bridge;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// Empties the gateway, when the process is told to stop or an operator wants it: not ready, nobody new, the calls go on until they end or
/// <c>Drain:Seconds</c> is over; then the media sockets of as many as the other gateways have room for are closed, and the cluster moves
/// them there. The other callers are told goodbye.
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

        var left = connections.Snapshot();
        if (left.Count > 0)
            await PartAsync(left, await RoomElsewhereAsync());
        Log.Drained(logger, time.GetElapsedTime(started).TotalSeconds);
    }

    private async Task PartAsync(IReadOnlyList<Connection> left, int room)
    {
        var (handedOver, letGo) = (left.Take(room).ToArray(), left.Skip(room).ToArray());
        if (handedOver.Length > 0)
            Log.HandingOver(logger, handedOver.Length);
        if (letGo.Length > 0)
            Log.LettingGo(logger, letGo.Length);
        foreach (var connection in handedOver)
            connection.Handler?.End(new CallEnd(CallEndReason.Drained));
        foreach (var connection in letGo)
            connection.Handler?.LetGo();
        if (letGo.Length > 0)
            await WaitAsync(Goodbye);
        foreach (var connection in letGo)
            connection.Handler?.End(new CallEnd(CallEndReason.LetGo));
        await WaitAsync(HandOver);
    }

    private async Task WaitAsync(TimeSpan limit)
    {
        var since = time.GetTimestamp();
        while (connections.ActiveConnections > 0 && time.GetElapsedTime(since) < limit)
            await Task.Delay(Look, time, CancellationToken.None);
    }

    /// <summary>How many calls the others can take. When that cannot be known, all.</summary>
    private async Task<int> RoomElsewhereAsync()
    {
        try
        {
            var all = await registry.ListAsync(CancellationToken.None).WaitAsync(LookUpDeadline, time);
            return all.Where(gateway => gateway.Heartbeat.GatewayId != identity.Id && gateway.State == GatewayState.Ready)
                .Sum(gateway => gateway.Heartbeat.Capacity - gateway.Heartbeat.Active);
        }
        catch (Exception exception)
        {
            Log.NotKnown(logger, exception.GetType().Name);
            return int.MaxValue;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Information, "Draining: {Active} calls may go on for {Seconds:0} s")]
        public static partial void Draining(ILogger logger, int active, double seconds);

        [LoggerMessage(1102, LogLevel.Information, "Handing over {Active} calls")]
        public static partial void HandingOver(ILogger logger, int active);

        [LoggerMessage(1104, LogLevel.Warning, "No other gateway has room for {Active} calls: their callers are told goodbye")]
        public static partial void LettingGo(ILogger logger, int active);

        [LoggerMessage(1105, LogLevel.Warning, "Whether other gateways have room is not known ({Error}): handing over")]
        public static partial void NotKnown(ILogger logger, string error);

        [LoggerMessage(1103, LogLevel.Information, "Drained after {Seconds:0.0} s")]
        public static partial void Drained(ILogger logger, double seconds);
    }
}
