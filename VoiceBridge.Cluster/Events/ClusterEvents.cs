namespace VoiceBridge.Cluster.Events;

/// <summary>Tells whoever listens what has changed, over Redis pub/sub: at most once, in no certain order between senders.</summary>
public sealed class ClusterEvents
{
    /// <summary>Sends the event without waiting for it; nothing happens while Redis is away.</summary>
    public Task PublishAsync(ClusterEvent change, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Calls <paramref name="handler"/> for each event until the result is disposed. It must not block.</summary>
    public Task<IAsyncDisposable> SubscribeAsync(Action<ClusterEvent> handler, CancellationToken ct) => throw new NotImplementedException();
}
