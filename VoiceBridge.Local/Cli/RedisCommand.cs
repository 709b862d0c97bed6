using VoiceBridge.Local.Redis;

namespace VoiceBridge.Local.Cli;

/// <summary><c>VoiceBridge.Local redis --port N</c>: the embedded server alone, until it is stopped.</summary>
internal static class RedisCommand
{
    public static async Task<int> RunAsync(int port, CancellationToken cancellationToken)
    {
        EmbeddedRedis server;
        try
        {
            server = EmbeddedRedis.Start(port);
        }
        catch (Exception exception)
        {
            // Almost always a port that somebody else has; the server's own message names it.
            await Console.Error.WriteLineAsync($"Port {port}: {exception.Message}");
            return 1;
        }

        using (server)
        {
            Console.WriteLine($"Redis (Garnet) on 127.0.0.1:{server.Port}. Ctrl-C stops it.");
            await Task.Delay(Timeout.Infinite, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return 0;
    }
}
