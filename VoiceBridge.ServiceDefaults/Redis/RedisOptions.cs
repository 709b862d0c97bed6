using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using VoiceBridge.ServiceDefaults.Hosting;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>Section <c>Redis</c>: how this service signs in to the cluster's Redis. Where that is: <c>ConnectionStrings:redis</c>.</summary>
internal sealed class RedisOptions
{
    public const string Section = "Redis";

    /// <summary>The configuration key of the connection string.</summary>
    public const string ConnectionStringKey = "ConnectionStrings:" + RedisExtensions.ConnectionName;

    /// <summary>Sign in with a token of Microsoft Entra ID instead of a password. Then TLS is on unless the connection string says <c>ssl=false</c>.</summary>
    public bool EntraId { get; set; }

    /// <summary>Redis may be reached without TLS outside Development too: for a private network.</summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>The connection string as the client reads it; null when there is none or it cannot be read.</summary>
    public ConfigurationOptions? Read(IConfiguration configuration)
    {
        if (configuration[ConnectionStringKey] is not { Length: > 0 } connectionString) return null;
        try
        {
            var connection = ConfigurationOptions.Parse(connectionString);
            if (EntraId) connection.Defaults = new AzureManagedRedisOptionsProvider();
            return connection.EndPoints.Count == 0 ? null : connection;
        }
        catch (ArgumentException)
        {
            return null; // The exception quotes the connection string.
        }
    }

    internal sealed class Validation(IConfiguration configuration) : IValidateOptions<RedisOptions>
    {
        public ValidateOptionsResult Validate(string? name, RedisOptions options) =>
            options.EntraId && options.Read(configuration) is { } connection && (connection.Password ?? connection.User) is { Length: > 0 }
                ? ValidateOptionsResult.Fail($"{Section}:{nameof(EntraId)}: {ConnectionStringKey} names a user or a password as well; one of them must go.")
                : ValidateOptionsResult.Success;
    }
}
