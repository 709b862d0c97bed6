using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

// The namespace and the signature are those of Aspire.StackExchange.Redis, which this file stands in for where a feed lacks it.
namespace Microsoft.Extensions.Hosting;

/// <summary>Adds a Redis client by the name of its connection string, as Aspire.StackExchange.Redis does.</summary>
public static class RedisClientExtensions
{
    /// <summary>
    /// Registers a singleton <see cref="IConnectionMultiplexer"/> for <c>ConnectionStrings:{connectionName}</c> and a health check.
    /// It connects when first asked for and goes on trying in the background, so that a service starts without Redis.
    /// </summary>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
        {
            var configuration = services.GetRequiredService<IConfiguration>();
            var section = configuration.GetSection("Aspire:StackExchange:Redis");
            var settings = new StackExchangeRedisSettings
            {
                ConnectionString = configuration.GetConnectionString(connectionName)
                    ?? section[$"{connectionName}:ConnectionString"] ?? section["ConnectionString"],
            };
            configureSettings?.Invoke(settings);
            if (string.IsNullOrWhiteSpace(settings.ConnectionString))
                throw new InvalidOperationException($"ConnectionStrings:{connectionName} is missing: the connection string of Redis.");

            var options = ConfigurationOptions.Parse(settings.ConnectionString);
            configureOptions?.Invoke(options);
            return ConnectionMultiplexer.Connect(options);
        });
        builder.Services.AddHealthChecks().AddCheck<RedisHealthCheck>("StackExchange.Redis");
    }

    private sealed class RedisHealthCheck(IConnectionMultiplexer redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (RedisException exception)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, exception.Message);
            }
        }
    }
}
