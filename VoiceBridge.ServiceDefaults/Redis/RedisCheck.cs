using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>Whoever reads or writes Redis controls the cluster: its traffic is encrypted, and it asks for a credential.</summary>
internal sealed class RedisCheck(IConfiguration configuration, IOptions<RedisOptions> options) : IProtectionCheck
{
    private const string Connection = RedisOptions.ConnectionStringKey;

    public IEnumerable<string> Missing()
    {
        if (options.Value.Read(configuration) is not { } redis)
        {
            yield return $"{Connection}: no Redis is named, or it cannot be read.";
            yield break;
        }

        // Nothing leaves the machine; a tunnel that adds TLS is on loopback, too.
        if (redis.EndPoints.All(IsLoopback)) yield break;
        if (!redis.Ssl && !options.Value.AllowPlaintext)
            yield return $"{Connection}: TLS is off (ssl=true turns it on). On a private network {RedisOptions.Section}:{nameof(RedisOptions.AllowPlaintext)}=true allows that.";
        if (!options.Value.EntraId && string.IsNullOrEmpty(redis.Password))
            yield return $"{Connection}: there is no password, and {RedisOptions.Section}:{nameof(RedisOptions.EntraId)} is off.";
    }

    private static bool IsLoopback(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => IPAddress.IsLoopback(ip.Address),
        DnsEndPoint dns => dns.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase),
        _ => true, // A Unix socket.
    };
}
