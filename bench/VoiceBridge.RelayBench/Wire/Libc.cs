using System.Runtime.InteropServices;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>
/// The system calls of the generator and of the reactor relay. Called directly: a task per socket, or the runtime's own epoll thread in between, would cost more
/// than the relay that is measured.
/// </summary>
internal static unsafe partial class Libc
{
    public const int Again = 11;
    public const int Interrupted = 4;
    public const int InProgress = 115;
    public const int NoSignal = 0x4000;

    private const int Inet = 2;
    private const int Stream = 1;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int Tcp = 6;
    private const int NoDelayOption = 1;
    private const int SocketLevel = 1;
    private const int ErrorOption = 4;
    private const int ThreadCpuClock = 3;
    private const int SetTimerSlack = 29;

    /// <summary>Starts a connection to a port of this machine; the socket is writable when it stands. Negative: the error.</summary>
    public static int Connect(int port)
    {
        var socket = Libc.socket(Inet, Stream | NonBlocking | CloseOnExec, 0);
        if (socket < 0) return -Marshal.GetLastPInvokeError();
        SetNoDelay(socket);
        // struct sockaddr_in: family, port and address, the latter two in network order.
        var address = stackalloc byte[16] { Inet, 0, (byte)(port >> 8), (byte)port, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
        if (connect(socket, address, 16) == 0) return socket;
        var error = Marshal.GetLastPInvokeError();
        if (error == InProgress) return socket;
        _ = close(socket);
        return -error;
    }

    /// <summary>The next connection of a listening socket, or a negative number when there is none.</summary>
    public static int Accept(int listener)
    {
        var socket = accept4(listener, null, null, NonBlocking | CloseOnExec);
        if (socket >= 0) SetNoDelay(socket);
        return socket;
    }

    /// <summary>The outcome of a connection that was in progress; 0 when it stands.</summary>
    public static int ConnectError(int socket)
    {
        var (error, length) = (0, sizeof(int));
        return getsockopt(socket, SocketLevel, ErrorOption, &error, &length) == 0 ? error : Marshal.GetLastPInvokeError();
    }

    /// <summary>What this thread has used of a processor.</summary>
    public static TimeSpan ThreadCpu()
    {
        TimeSpec time;
        return clock_gettime(ThreadCpuClock, &time) == 0 ? TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0) : TimeSpan.Zero;
    }

    /// <summary>Has this thread's waits end when they should: Linux rounds them up by 50 us unless told (prctl, PR_SET_TIMERSLACK).</summary>
    public static void WaitPrecisely() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Ties this thread to one CPU.</summary>
    public static void PinTo(int cpu)
    {
        var mask = 1UL << cpu;
        if (sched_setaffinity(0, sizeof(ulong), &mask) != 0) throw new InvalidOperationException($"sched_setaffinity: error {Marshal.GetLastPInvokeError()}");
    }

    private static void SetNoDelay(int socket)
    {
        var on = 1;
        _ = setsockopt(socket, Tcp, NoDelayOption, &on, sizeof(int));
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint send(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc")]
    internal static partial int close(int socket);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_ctl(int epoll, int operation, int socket, EpollEvent* wanted);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int epoll_pwait2(int epoll, EpollEvent* events, int capacity, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int socket, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int socket, byte* address, int* length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int socket, int level, int option, int* value, int* length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int socket, int level, int option, int* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nint size, ulong* mask);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, TimeSpec* time);

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>struct epoll_event as x86-64 has it: packed.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    internal struct EpollEvent
    {
        public uint Events;
        public long Data;
    }
}
