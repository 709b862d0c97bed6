using System.Net;
using System.Net.Sockets;
using System.Runtime;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Measures how long the sockets' threads (<see cref="SocketThreads"/>) keep what has arrived waiting: a byte is sent to each of them fifty times a second,
/// over a loopback connection of its own, and its age is measured when the thread reads it. Audio waits as long.
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

    /// <summary>What a thread has to say when it reads a byte that was sent at <paramref name="sentAt"/>.</summary>
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
            var probe = await Probe.OpenAsync(this, cancellationToken);
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

    private sealed class Probe : IDisposable
    {
        private readonly SocketThreadWatch _watch;
        private readonly Socket _sender;
        private readonly Socket _receiver;
        private readonly byte[] _sent = new byte[sizeof(long)];
        private readonly TaskCompletionSource<int> _thread = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Probe(SocketThreadWatch watch, Socket sender, Socket receiver)
        {
            (_watch, _sender, _receiver) = (watch, sender, receiver);
            _ = ReadAsync();
            Send();
        }

        public static async Task<Probe> OpenAsync(SocketThreadWatch watch, CancellationToken cancellationToken)
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen();
            // Only asynchronous sockets belong to a thread: the sender writes synchronously, and never waits, since it sends little.
            var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                sender.Connect(listener.LocalEndPoint!);
                sender.Blocking = false;
                return new Probe(watch, sender, await listener.AcceptAsync(cancellationToken));
            }
            catch
            {
                sender.Dispose();
                throw;
            }
        }

        /// <summary>The thread that reads.</summary>
        public Task<int> ThreadAsync() => _thread.Task;

        public void Send()
        {
            BitConverter.TryWriteBytes(_sent, _watch.Now());
            // A full buffer: the thread stands still, and will say so when it goes on.
            _sender.Send(_sent, SocketFlags.None, out _);
        }

        public void Dispose()
        {
            _sender.Dispose();
            _receiver.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new byte[sizeof(long)];
            var state = new ThreadState();
            var length = 0;
            try
            {
                while (true)
                {
                    var read = await _receiver.ReceiveAsync(buffer.AsMemory(length)).ConfigureAwait(false);
                    if (read == 0)
                        return;
                    length = (length + read) % buffer.Length;
                    if (length != 0)
                        continue;
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
