using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Events;

/// <summary>Tells whoever listens what has changed, over Redis pub/sub: at most once, in no certain order between senders.</summary>
public sealed class ClusterEvents
{
    private readonly ClusterRedis _redis;

    internal ClusterEvents(ClusterRedis redis) => _redis = redis;

    /// <summary>Sends the event without waiting for it; it is lost while Redis is away.</summary>
    public async Task PublishAsync(ClusterEvent change, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(change);
        ct.ThrowIfCancellationRequested();
        var json = JsonSerializer.SerializeToUtf8Bytes(change, ClusterJson.Default.ClusterEvent);
        try
        {
            await _redis.Subscriber.PublishAsync(_redis.Keys.Events, json, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            // What it tells of has been written, or failed and said so; listeners read anew now and then in any case.
        }
    }

    /// <summary>Calls <paramref name="handler"/> for each event until the result is disposed. It must not block.</summary>
    public async Task<IAsyncDisposable> SubscribeAsync(Action<ClusterEvent> handler, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Action<RedisChannel, RedisValue> onMessage = (_, message) =>
        {
            if (ClusterJson.Read(((ReadOnlyMemory<byte>)message).Span, ClusterJson.Default.ClusterEvent) is { } change) handler(change);
        };
        var subscriber = _redis.Subscriber;
        await _redis.AskAsync(
            async _ =>
            {
                await subscriber.SubscribeAsync(_redis.Keys.Events, onMessage);
                return true;
            },
            ct);
        return new Subscription(subscriber, _redis.Keys.Events, onMessage);
    }

    private sealed class Subscription(ISubscriber subscriber, RedisChannel channel, Action<RedisChannel, RedisValue> onMessage) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await subscriber.UnsubscribeAsync(channel, onMessage, CommandFlags.FireAndForget);
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException or ObjectDisposedException)
            {
                // The connection is gone, and the subscription with it.
            }
        }
    }
}
