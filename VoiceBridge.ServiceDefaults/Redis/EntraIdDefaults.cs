using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>
/// The client's defaults for Azure Managed Redis, with the newest token for each connection that is opened. Without a valid token nothing is
/// sent, so that the server refuses the connection at once and the client tries again.
/// </summary>
/// <remarks>
/// RESP2, although RESP3 needs no second connection for pub/sub. Before its version 3.1 StackExchange.Redis takes a HELLO that fails (a late
/// token is enough) for a RESP2 server and then subscribes on the connection for commands, which is of no use from then on
/// (https://github.com/StackExchange/StackExchange.Redis/issues/3154, found with Entra ID).
/// </remarks>
internal sealed class EntraIdDefaults(RedisTokenSource tokens, Action<ConnectionMultiplexer> connected) : AzureManagedRedisOptionsProvider
{
    public override RedisProtocol? Protocol => RedisProtocol.Resp2;

    public override string? User => tokens.Current?.User;

    public override string? Password => tokens.Current?.Password;

    public override Task AfterConnectAsync(ConnectionMultiplexer muxer, Action<string> log)
    {
        connected(muxer);
        return Task.CompletedTask;
    }
}
