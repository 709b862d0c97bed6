using StackExchange.Redis;

namespace VoiceBridge.Local.Redis;

/// <summary>A Redis server that the user names.</summary>
internal static class RedisServer
{
    private const int Patience = 3_000;

    /// <summary>Asks it once, before anything is started that would wait for it.</summary>
    /// <exception cref="LocalStartException">It does not answer, or refuses.</exception>
    public static async Task CheckAsync(string server, CancellationToken cancellationToken)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(server);
        }
        catch (ArgumentException exception)
        {
            throw new LocalStartException($"--redis: {exception.Message}", exception);
        }
        (options.AbortOnConnectFail, options.ConnectTimeout, options.ConnectRetry) = (true, Patience, 0);
        var where = string.Join(", ", options.EndPoints.Select(endpoint => endpoint.ToString()?.Replace("Unspecified/", "", StringComparison.Ordinal)));
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
            await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            var why = exception.Message.Contains("AUTH", StringComparison.OrdinalIgnoreCase) ? "refuses the password, or wants one" : "does not answer";
            throw new LocalStartException($"Redis at {where} {why}. Start one there, or leave --redis out: then one runs in this process.", exception);
        }
    }
}
