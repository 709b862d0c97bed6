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
    private readonly int _handle = epoll_create1(0);
    private readonly Event[] _events = new Event[512];

    /// <summary>Watches a socket for incoming data; <paramref name="tag"/> comes back from <see cref="Wait"/>.</summary>
    public void Watch(nint socket, int tag)
    {
        var wanted = new Event { Events = Readable, Data = (ulong)tag };
        if (epoll_ctl(_handle, Add, (int)socket, ref wanted) != 0)
            throw new InvalidOperationException($"epoll_ctl: error {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Waits at most <paramref name="milliseconds"/> and returns how many sockets are ready.</summary>
    public int Wait(int milliseconds) => Math.Max(0, epoll_wait(_handle, _events, _events.Length, milliseconds));

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
    private static partial int epoll_wait(int epoll, [Out] Event[] events, int capacity, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int handle);
}
