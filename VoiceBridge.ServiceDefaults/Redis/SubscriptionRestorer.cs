using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace VoiceBridge.ServiceDefaults.Redis;

/// <summary>
/// Subscribes again after a reconnect. StackExchange.Redis does so once, when its connection for events is back; if the one for commands is
/// still away then, as when a failover ends both, the subscriptions are lost until the next break.
/// </summary>
internal sealed class SubscriptionRestorer(IConnectionMultiplexer redis, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A host that has brought its own connection looks after it.
        if (redis is not ConnectionMultiplexer connection) return;
        connection.ConnectionRestored += OnRestored;
        try
        {
            while (await _due.Reader.ReadAsync(stoppingToken))
            {
                while (!await TrySubscribeAsync(connection)) await Task.Delay(Retry, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
        finally
        {
            connection.ConnectionRestored -= OnRestored;
        }
    }

    private static async Task<bool> TrySubscribeAsync(ConnectionMultiplexer connection)
    {
        try
        {
            // Looks at all servers, then subscribes to what it is not subscribed to. False: it is doing so already, and may be past that.
            return await connection.ReconfigureAsync("subscriptions after a reconnect");
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        catch (Exception)
        {
            return false; // The connection is gone again, or a part of it: whatever it is, an exception here would end the service.
        }
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs e) => _due.Writer.TryWrite(true);
}
