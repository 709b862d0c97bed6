// The name of Aspire.StackExchange.Redis's settings class, with what VoiceBridge uses of it.
namespace Microsoft.Extensions.Hosting;

/// <summary>Settings of the Redis client.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>The connection string, as StackExchange.Redis reads it.</summary>
    public string? ConnectionString { get; set; }
}
