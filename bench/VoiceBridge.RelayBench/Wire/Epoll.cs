using System.Runtime.InteropServices;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>
/// Linux's readiness notification, called directly: the generator drives thousands of messages a second from one thread, and a
/// task per socket would cost more than the relay it measures.
/// </summary>
internal sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint Readable = 0x001;
    private const int SetTimerSlack = 29;
    private readonly int _handle = epoll_create1(0);
    private readonly Event[] _events = new Event[512];

    /// <summary>Watches a socket for incoming data; <paramref name="tag"/> comes back from <see cref="Wait"/>.</summary>
    public void Watch(nint socket, int tag)
    {
        var wanted = new Event { Events = Readable, Data = (ulong)tag };
        if (epoll_ctl(_handle, Add, (int)socket, ref wanted) != 0)
            throw new InvalidOperationException($"epoll_ctl: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>
    /// Waits at most <paramref name="microseconds"/>, asleep, and returns how many sockets are ready. A generator that spins until its
    /// next frame is due takes a whole core from the program it measures.
    /// </summary>
    public int Wait(long microseconds)
    {
        var timeout = new TimeSpec { Seconds = microseconds / 1_000_000, Nanoseconds = microseconds % 1_000_000 * 1_000 };
        return Math.Max(0, epoll_pwait2(_handle, _events, _events.Length, ref timeout, 0));
    }

    /// <summary>Has this thread's sleeps end when they should: Linux rounds them up by 50 us unless told (prctl, PR_SET_TIMERSLACK).</summary>
    public static void SleepPrecisely() => _ = prctl(SetTimerSlack, 1, 0, 0, 0);

    /// <summary>The tag of the <paramref name="index"/>th ready socket.</summary>
    public int Tag(int index) => (int)_events[index].Data;

    public void Dispose() => _ = close(_handle);

    /// <summary>struct epoll_event as x86-64 has it: packed.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Event
    {
        public uint Events;
        public ulong Data;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int socket, ref Event wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(int epoll, [Out] Event[] events, int capacity, ref TimeSpec timeout, nint signals);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
