using System.Text.Json;
using StackExchange.Redis;
using VoiceBridge.Cluster.Redis;

namespace VoiceBridge.Cluster.Events;

/// <summary>Tells whoever listens what has changed, over Redis pub/sub: at most once, in no certain order between senders.</summary>
public sealed class ClusterEvents
{
    /// <summary>The kind of the events that say that something was said in a call.</summary>
    public const string TurnEvent = "turn";

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
            await _redis.Subscriber.PublishAsync(ChannelOf(change), json, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            // What it tells of has been written, or failed and said so; listeners read anew now and then in any case.
        }
    }

    /// <summary>Calls <paramref name="handler"/> for each event of the cluster until the result is disposed. It must not block.</summary>
    public Task<IAsyncDisposable> SubscribeAsync(Action<ClusterEvent> handler, CancellationToken ct) => SubscribeAsync(_redis.Keys.Events, handler, ct);

    /// <summary>The same for what is said in one call: it comes often, and concerns only who shows that call.</summary>
    public Task<IAsyncDisposable> SubscribeToTurnsAsync(string callId, Action<ClusterEvent> handler, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(callId);
        return SubscribeAsync(_redis.Keys.CallEvents(callId), handler, ct);
    }

    private RedisChannel ChannelOf(ClusterEvent change) =>
        change is { Kind: TurnEvent, CallId: { Length: > 0 } callId } ? _redis.Keys.CallEvents(callId) : _redis.Keys.Events;

    private async Task<IAsyncDisposable> SubscribeAsync(RedisChannel channel, Action<ClusterEvent> handler, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(handler);
        Action<RedisChannel, RedisValue> onMessage = (_, message) =>
        {
            if (ClusterJson.Read(((ReadOnlyMemory<byte>)message).Span, ClusterJson.Default.ClusterEvent) is { } change) handler(change);
        };
        var subscription = new Subscription(_redis.Subscriber, channel, onMessage);
        try
        {
            await _redis.AskAsync(
                async _ =>
                {
                    await _redis.Subscriber.SubscribeAsync(channel, onMessage);
                    return true;
                },
                ct);
        }
        catch
        {
            // The client has kept the handler, and would subscribe it once the server is back: the caller tries again with another one.
            await subscription.DisposeAsync();
            throw;
        }

        return subscription;
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
