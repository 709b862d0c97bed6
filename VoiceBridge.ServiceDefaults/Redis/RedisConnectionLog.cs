using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>
/// Logs when Redis goes away and when it is back, once each, with the reason. The client's own log has an error with its stack for each of two attempts a second,
/// and is off (<see cref="Telemetry.TelemetryExtensions"/>).
/// </summary>
internal sealed partial class RedisConnectionLog(IConnectionMultiplexer redis, ILogger<RedisConnectionLog> logger) : IHostedService
{
    private int _isAway;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.ConnectionFailed += OnFailed;
        redis.ConnectionRestored += OnRestored;
        if (!redis.IsConnected && Interlocked.Exchange(ref _isAway, 1) == 0) LogNotReached(logger);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        redis.ConnectionFailed -= OnFailed;
        redis.ConnectionRestored -= OnRestored;
        return Task.CompletedTask;
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs failed)
    {
        // The connection for events comes and goes with that for commands, and alone when a token is renewed.
        if (failed.ConnectionType is ConnectionType.Interactive && Interlocked.Exchange(ref _isAway, 1) == 0)
            LogAway(logger, Name(failed), failed.FailureType, failed.Exception?.GetBaseException().Message ?? "");
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored)
    {
        if (restored.ConnectionType is ConnectionType.Interactive && Interlocked.Exchange(ref _isAway, 0) == 1) LogBack(logger, Name(restored));
    }

    private static string Name(ConnectionFailedEventArgs connection) => connection.EndPoint is { } endpoint ? EndPointCollection.ToString(endpoint) : "";

    [LoggerMessage(EventId = 9110, Level = LogLevel.Warning, Message = "Redis is not reached yet; the service goes on without it and tries again twice a second")]
    private static partial void LogNotReached(ILogger logger);

    [LoggerMessage(EventId = 9111, Level = LogLevel.Warning, Message = "Redis {Endpoint} is away ({Failure}): {Reason}")]
    private static partial void LogAway(ILogger logger, string endpoint, ConnectionFailureType failure, string reason);

    [LoggerMessage(EventId = 9112, Level = LogLevel.Information, Message = "Redis {Endpoint} is back")]
    private static partial void LogBack(ILogger logger, string endpoint);
}
