using Azure.Core;
using Microsoft.Extensions.Logging;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>
/// Holds the newest token for Redis. It is renewed at three quarters of its life; while that fails it is used as long as it is valid, and
/// the renewal is retried.
/// </summary>
internal sealed partial class RedisTokenSource(TokenCredential credential, TimeProvider time, ILogger<RedisTokenSource> logger) : IAsyncDisposable
{
    private const double RenewAfter = 0.75;

    /// <summary>Replicas that start together do not ask together: each renews up to so much of the life earlier.</summary>
    private const double Spread = 0.05;

    // https://learn.microsoft.com/azure/redis/entra-for-authentication
    private static readonly TokenRequestContext Context = new(["https://redis.azure.com/.default"]);
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Azure may answer from a cache until shortly before the token ends: asked again after a tenth of what is left, within these.</summary>
    private static readonly (TimeSpan Min, TimeSpan Max) CachedRetry = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(10));

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _starting = new();
    private volatile RedisToken? _token;
    private Task? _running;

    /// <summary>Raised when <see cref="Current"/> has become another token.</summary>
    public event Action? Renewed;

    /// <summary>The newest token; null while there is none that is valid.</summary>
    public RedisToken? Current => _token is { } token && token.ExpiresOn > time.GetUtcNow() ? token : null;

    /// <summary>Starts to acquire and renew, once. The task completes with the first answer, a token or a failure; it never fails.</summary>
    public Task StartAsync()
    {
        lock (_starting) _running ??= Task.Run(RunAsync);
        return _first.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_running is not null) await _running;
    }

    private async Task RunAsync()
    {
        for (var failures = 0; !_stopping.IsCancellationRequested;)
        {
            TimeSpan wait;
            try
            {
                wait = await AcquireAsync();
                failures = 0;
            }
            catch (Exception exception)
            {
                // Whatever a credential throws: without a token the service has no Redis, so the renewal goes on.
                if (_stopping.IsCancellationRequested) return;
                wait = RetryDelay.After(++failures);
                VoiceBridgeTelemetry.RedisTokens.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
                LogFailed(logger, exception, failures, wait.TotalSeconds, Current is { } token ? (token.ExpiresOn - time.GetUtcNow()).TotalSeconds : 0);
            }

            _first.TrySetResult();
            await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks for a token and returns how long until the next is due.</summary>
    private async Task<TimeSpan> AcquireAsync()
    {
        using var deadline = new CancellationTokenSource(AttemptTimeout, time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        var answer = await credential.GetTokenAsync(Context, attempt.Token);
        var life = answer.ExpiresOn - time.GetUtcNow();
        if (life <= TimeSpan.Zero) throw new InvalidOperationException("The token for Redis has expired already.");
        if (answer.ExpiresOn <= _token?.ExpiresOn) return TimeSpan.FromTicks(Math.Clamp(life.Ticks / 10, CachedRetry.Min.Ticks, CachedRetry.Max.Ticks));

        _token = RedisToken.From(answer);
        VoiceBridgeTelemetry.RedisTokens.Add(1, new KeyValuePair<string, object?>("outcome", "acquired"));
        LogAcquired(logger, answer.ExpiresOn);
        Renewed?.Invoke();
        return life * (RenewAfter - (Spread * Random.Shared.NextDouble()));
    }

    [LoggerMessage(EventId = 9101, Level = LogLevel.Information, Message = "Token for Redis acquired, valid until {ExpiresOn}")]
    private static partial void LogAcquired(ILogger logger, DateTimeOffset expiresOn);

    [LoggerMessage(EventId = 9102, Level = LogLevel.Warning, Message = "No new token for Redis: {Failures} failure(s) in a row, next try in {RetrySeconds:0} s; the current token is valid for {ValidSeconds:0} s")]
    private static partial void LogFailed(ILogger logger, Exception exception, int failures, double retrySeconds, double validSeconds);
}
