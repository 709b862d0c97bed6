using System.Net;
using System.Net.Sockets;
using System.Runtime;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Measures how long the sockets' threads (<see cref="SocketThreads"/>) keep what has arrived waiting: a datagram is sent to each of them fifty times a second,
/// over loopback, and its age is measured when the thread reads it. Audio waits as long.
/// </summary>
internal sealed partial class SocketThreadWatch(TimeProvider time, ILogger<SocketThreadWatch> logger) : BackgroundService
{
    private const int MaxTries = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LogInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstAnswerDeadline = TimeSpan.FromSeconds(2);

    [ThreadStatic]
    private static long _messages;

    /// <summary>A message was handled on this thread.</summary>
    public static void CountMessage() => _messages++;

    // On the thread pool nobody waits for one thread.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => SocketThreads.CompletesInline ? WatchAsync(stoppingToken) : Task.CompletedTask;

    internal async Task WatchAsync(CancellationToken stoppingToken)
    {
        var probes = await StartAsync(Environment.ProcessorCount, stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var probe in probes)
                    probe.Send();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway ends.
        }
        finally
        {
            foreach (var probe in probes)
                probe.Dispose();
        }
    }

    /// <summary>What a thread has to say when it reads what was sent at <paramref name="sentAt"/>.</summary>
    internal void Observe(ThreadState thread, long sentAt)
    {
        var now = time.GetTimestamp();
        var delay = time.GetElapsedTime(sentAt, now);
        VoiceBridgeTelemetry.SocketThreadDelay.Record(delay.TotalSeconds);
        var (messages, pause, compiling) = (_messages, GC.GetTotalPauseDuration(), JitInfo.GetCompilationTime());
        if (delay > Stall && time.GetElapsedTime(thread.LoggedAt, now) > LogInterval)
        {
            thread.LoggedAt = now;
            Log.Stalled(logger, delay.TotalMilliseconds, messages - thread.Messages, (pause - thread.Pause).TotalMilliseconds, (compiling - thread.Compiling).TotalMilliseconds);
        }
        (thread.Messages, thread.Pause, thread.Compiling) = (messages, pause, compiling);
    }

    /// <summary>The runtime deals sockets to its threads in turn. Others open sockets too, so more are tried until each thread has one.</summary>
    private async Task<List<Probe>> StartAsync(int threads, CancellationToken cancellationToken)
    {
        var probes = new Dictionary<int, Probe>();
        for (var tries = 0; probes.Count < threads && tries < threads * MaxTries; tries++)
        {
            var probe = new Probe(this);
            try
            {
                if (probes.TryAdd(await probe.ThreadAsync().WaitAsync(FirstAnswerDeadline, cancellationToken), probe))
                    continue;
            }
            catch (TimeoutException)
            {
                // A thread that is busy for so long is not asked.
            }
            probe.Dispose();
        }
        return [.. probes.Values];
    }

    /// <summary>What a thread had done when it was last asked.</summary>
    internal sealed class ThreadState
    {
        public long LoggedAt { get; set; }

        public long Messages { get; set; }

        public TimeSpan Pause { get; set; }

        public TimeSpan Compiling { get; set; }
    }

    /// <summary>A socket that sends to itself. It sends synchronously, and never waits: what finds no room is dropped.</summary>
    private sealed class Probe : IDisposable
    {
        private readonly SocketThreadWatch _watch;
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        private readonly byte[] _sent = new byte[sizeof(long)];
        private readonly TaskCompletionSource<int> _thread = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Probe(SocketThreadWatch watch)
        {
            _watch = watch;
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            // It hears nobody else.
            _socket.Connect(_socket.LocalEndPoint!);
            _ = ReadAsync();
            Send();
        }

        /// <summary>The thread that reads.</summary>
        public Task<int> ThreadAsync() => _thread.Task;

        public void Send()
        {
            BitConverter.TryWriteBytes(_sent, _watch.Now());
            _socket.Send(_sent, SocketFlags.None, out _);
        }

        public void Dispose() => _socket.Dispose();

        private async Task ReadAsync()
        {
            var buffer = new byte[sizeof(long)];
            var state = new ThreadState();
            try
            {
                while (true)
                {
                    await _socket.ReceiveAsync(buffer.AsMemory()).ConfigureAwait(false);
                    _thread.TrySetResult(Environment.CurrentManagedThreadId);
                    _watch.Observe(state, BitConverter.ToInt64(buffer));
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Disposed.
            }
        }
    }

    private long Now() => time.GetTimestamp();

    private static partial class Log
    {
        [LoggerMessage(1151, LogLevel.Warning,
            "A socket thread was {Milliseconds:F0} ms late. Since it was last asked it handled {Messages} messages; collections paused the process for {PauseMilliseconds:F0} ms, and code was compiled for {CompilingMilliseconds:F0} ms")]
        public static partial void Stalled(ILogger logger, double milliseconds, long messages, double pauseMilliseconds, double compilingMilliseconds);
    }
}
