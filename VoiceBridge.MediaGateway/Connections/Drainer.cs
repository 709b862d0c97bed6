using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.Cluster.Events;
using VoiceBridge.MediaGateway.Calls;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;

namespace VoiceBridge.MediaGateway.Connections;

/// <summary>
/// Empties the gateway, when the process is told to stop or an operator wants it: not ready, nobody new, the calls go on until they end or
/// <c>Drain:Seconds</c> is nearly over; then the media sockets of as many as the other gateways have room for are closed, one after the other
/// (<see cref="HandOverSchedule"/>), and the cluster moves them there. The other callers are told goodbye.
/// </summary>
internal sealed partial class Drainer(
    ConnectionManager connections, OtherGateways others, VoiceLiveConnector voiceLive, ClusterLog log, GatewayIdentity identity, IOptions<DrainOptions> options, TimeProvider time,
    ILogger<Drainer> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookAtOthers = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Leaving = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(12);

    private readonly Lock _gate = new();
    private CancellationTokenSource? _ordered;
    private bool _stopping;

    /// <summary>When the calls that are still here then are handed over or ended; null while the gateway does not drain.</summary>
    public DateTimeOffset? Until { get; private set; }

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
    public void Cancel()
    {
        lock (_gate)
        {
            if (_ordered is null || _stopping)
                return;
            _ordered.Cancel();
            _ordered.Dispose();
            _ordered = null;
            connections.Draining = false;
            Until = null;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            _stopping = true;
        if (!cancellationToken.IsCancellationRequested)
            _ = TellAsync(connections.ActiveConnections);
        await DrainAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _ordered?.Dispose();

    /// <summary>An operator's order is in the cluster's log already; this one comes from the platform.</summary>
    private async Task TellAsync(int calls)
    {
        try
        {
            await log.AddAsync(ClusterLogKind.GatewayDraining, CancellationToken.None, identity.Id, count: calls);
        }
        catch (RedisException)
        {
            // Redis is away. That the gateway drains is in its own log.
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        connections.Draining = true;
        var started = time.GetTimestamp();
        var limit = TimeSpan.FromSeconds(options.Value.Seconds);
        Until = time.GetUtcNow() + limit;
        Log.Draining(logger, connections.ActiveConnections, limit.TotalSeconds);
        var handedOver = new HashSet<Connection>();
        try
        {
            await EmptyAsync(started, limit, handedOver, cancellationToken);
        }
        catch (OperationCanceledException) when (!_stopping)
        {
            return;
        }
        catch (OperationCanceledException)
        {
            // The platform gives us less time than the setting does: hand over at once.
        }

        await HandOverRestAsync(handedOver);
        Log.Drained(logger, time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Until all calls are gone or the limit is reached.</summary>
    private async Task EmptyAsync(long started, TimeSpan limit, HashSet<Connection> handedOver, CancellationToken cancellationToken)
    {
        var pace = new HandOverSchedule(voiceLive.Endpoints.Sum(endpoint => endpoint.ConnectionsPerMinute), limit);
        var sight = default(OtherGatewaysView);
        long? lookedAtOthers = null;
        var before = started;
        while (connections.ActiveConnections > 0 && limit - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            if (lookedAtOthers is not { } at || time.GetElapsedTime(at) >= LookAtOthers)
            {
                // Where nothing is known of them, everything waits for the end.
                sight = await others.LookAsync(cancellationToken) ?? default;
                lookedAtOthers = time.GetTimestamp();
            }

            var staying = connections.Snapshot().Where(connection => !handedOver.Contains(connection)).ToArray();
            var now = time.GetTimestamp();
            var due = pace.Due(staying.Length, staying.Length + sight.Draining, left, time.GetElapsedTime(before, now));
            before = now;
            // One that has begun to drain since the last look would only hand them on.
            if (due > 0 && sight.Room > 0 && time.GetElapsedTime(lookedAtOthers.Value, now) > Look)
            {
                sight = await others.LookAsync(cancellationToken) ?? default;
                lookedAtOthers = now;
            }
            var moving = staying.Take(Math.Min(due, sight.Room)).ToArray();
            sight = sight with { Room = sight.Room - moving.Length };
            HandOver(moving, handedOver);
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    /// <summary>The end of the drain: whoever is still here goes now.</summary>
    private async Task HandOverRestAsync(HashSet<Connection> handedOver)
    {
        var left = connections.Snapshot().Where(connection => !handedOver.Contains(connection)).ToArray();
        if (left.Length > 0)
        {
            // Where nothing is known of the others they may well have room.
            var room = (await others.LookAsync(CancellationToken.None))?.Room ?? int.MaxValue;
            HandOver(left.Take(room).ToArray(), handedOver);
            await SayGoodbyeAsync(left.Skip(room).ToArray());
        }

        await WaitAsync(Leaving);
    }

    private void HandOver(Connection[] moving, HashSet<Connection> handedOver)
    {
        if (moving.Length == 0)
            return;
        Log.HandingOver(logger, moving.Length);
        handedOver.UnionWith(moving);
        foreach (var connection in moving)
            connection.Handler?.End(new CallEnd(CallEndReason.Drained));
    }

    private async Task SayGoodbyeAsync(Connection[] leaving)
    {
        if (leaving.Length == 0)
            return;
        Log.SayingGoodbye(logger, leaving.Length);
        foreach (var connection in leaving)
            connection.Handler?.SayGoodbyeAndEnd(CallEndReason.LineClosed);
        await WaitAsync(Goodbye);
        foreach (var connection in leaving)
            connection.Handler?.End(new CallEnd(CallEndReason.LineClosed));
    }

    private async Task WaitAsync(TimeSpan limit)
    {
        var since = time.GetTimestamp();
        while (connections.ActiveConnections > 0 && time.GetElapsedTime(since) < limit)
            await Task.Delay(Look, time, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(1101, LogLevel.Information, "Draining: {Active} calls may go on for {Seconds:0} s")]
        public static partial void Draining(ILogger logger, int active, double seconds);

        [LoggerMessage(1102, LogLevel.Information, "Handing over {Active} calls")]
        public static partial void HandingOver(ILogger logger, int active);

        [LoggerMessage(1104, LogLevel.Warning, "No other gateway has room for {Active} calls: their callers are told goodbye")]
        public static partial void SayingGoodbye(ILogger logger, int active);

        [LoggerMessage(1103, LogLevel.Information, "Drained after {Seconds:0.0} s")]
        public static partial void Drained(ILogger logger, double seconds);
    }
}
