using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Where everything runs that is not the media path: on the thread pool, and never on the threads of the sockets
/// (<see cref="SocketThreads"/>), on which the audio of other calls waits.</summary>
internal static class PoolThreads
{
    /// <summary>For code that is not ours, whatever it awaits: it goes on here, not where its answer came in.</summary>
    public static TaskScheduler Scheduler { get; } = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, maxConcurrencyLevel: -1).ConcurrentScheduler;

    /// <summary>Awaited, goes on on the thread pool.</summary>
    public static ConfiguredTaskAwaitable Switch() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <summary>What is waited for, and then the thread pool.</summary>
    public static async ValueTask<T> ResumeAsync<T>(ValueTask<T> waiting)
    {
        try
        {
            return await waiting.ConfigureAwait(false);
        }
        finally
        {
            await Switch();
        }
    }

    /// <inheritdoc cref="ResumeAsync{T}"/>
    public static async ValueTask ResumeAsync(ValueTask waiting)
    {
        try
        {
            await waiting.ConfigureAwait(false);
        }
        finally
        {
            await Switch();
        }
    }

    /// <summary>An HTTP handler whose connections hand over to the thread pool what they read, TLS included.</summary>
    public static SocketsHttpHandler Handler() => Handler(int.MaxValue);

    /// <summary>One whose connections do so for their first <paramref name="waits"/> waits only, and stay on the sockets' threads afterwards:
    /// a WebSocket's TLS handshake and upgrade compute, its frames do not.</summary>
    public static SocketsHttpHandler Handler(int waits) => new()
    {
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
                return new PoolStream(new NetworkStream(socket, ownsSocket: true), waits);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
