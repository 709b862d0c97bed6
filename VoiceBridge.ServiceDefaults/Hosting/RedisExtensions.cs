using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Redis;

namespace VoiceBridge.ServiceDefaults.Hosting;

/// <summary>The cluster's Redis, the same way in every service.</summary>
public static class RedisExtensions
{
    /// <summary>The name of the connection string.</summary>
    public const string ConnectionName = "redis";

    private const int TimeoutMilliseconds = 2_000;
    private const int ReconnectMilliseconds = 500;

    /// <summary>
    /// Adds the Redis client for <c>ConnectionStrings:redis</c>. The service starts and runs without Redis and reconnects by itself;
    /// a command fails after two seconds rather than waiting for a server that is away. With <c>Redis:EntraId</c> it signs in with tokens.
    /// </summary>
    public static IHostApplicationBuilder AddClusterRedis(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        // Heartbeats and sweeps run all the time: each of their commands were a trace of its own, some 50 a second of an idle cluster.
        builder.AddRedisClient(ConnectionName, settings => settings.DisableTracing = true, options =>
        {
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = TimeoutMilliseconds;
            options.AsyncTimeout = TimeoutMilliseconds;
            options.SyncTimeout = TimeoutMilliseconds;
            // A queued command would come out seconds later, when what it says is no longer true.
            options.BacklogPolicy = BacklogPolicy.FailFast;
            // The default waits longer and longer, up to a minute: heartbeats and admission must be back soon after Redis is.
            options.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        });

        var services = builder.Services;
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedisOptions>, RedisOptions.Validation>();
        services.AddProtectionCheck<RedisCheck>();

        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<SubscriptionRestorer>();
        services.AddAzureCredential();
        services.AddSingleton<RedisTokenSource>();
        services.AddSingleton<EntraIdAuthentication>();
        services.AddOptions<ConfigurationOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            if (provider.GetRequiredService<IOptions<RedisOptions>>().Value.EntraId) provider.GetRequiredService<EntraIdAuthentication>().Apply(options);
        });
        return builder;
    }
}
