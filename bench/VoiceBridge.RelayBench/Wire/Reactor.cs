using System.Runtime.InteropServices;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>Something whose socket a <see cref="Reactor"/> watches.</summary>
internal interface IReady
{
    void OnReady(bool readable, bool writable);
}

/// <summary>One thread's sockets: waits by epoll (level-triggered) and calls whoever is ready.</summary>
internal sealed unsafe class Reactor : IDisposable
{
    private const uint Readable = 0x001;
    private const uint Writable = 0x004;
    private const uint Broken = 0x008 | 0x010;
    private const int Add = 1;
    private const int Modify = 3;
    private const int EventsAtOnce = 256;
    private const int BufferBytes = 256 * 1024;

    private readonly int _epoll = Libc.epoll_create1(0);
    private readonly List<IReady> _watched = [];
    private readonly Libc.EpollEvent* _events = (Libc.EpollEvent*)NativeMemory.Alloc(EventsAtOnce, (nuint)sizeof(Libc.EpollEvent));

    /// <summary>What is being read; shared by all sockets, since each keeps only the beginning of a message that is not complete.</summary>
    public byte[] Incoming { get; } = GC.AllocateArray<byte>(BufferBytes, pinned: true);

    /// <summary>The frame that is being written.</summary>
    public byte[] Outgoing { get; } = GC.AllocateArray<byte>(BufferBytes, pinned: true);

    /// <summary>Watches a socket for incoming data, and for room to write if <paramref name="writable"/>. The result names it to <see cref="Change"/>.</summary>
    public int Watch(int socket, IReady ready, bool writable = false)
    {
        _watched.Add(ready);
        Control(Add, socket, _watched.Count - 1, writable);
        return _watched.Count - 1;
    }

    public void Change(int socket, int watch, bool writable) => Control(Modify, socket, watch, writable);

    /// <summary>
    /// Waits at most <paramref name="microseconds"/>, asleep, and calls those who are ready. After each, <paramref name="between"/> may do what has become due.
    /// </summary>
    public void Run(long microseconds, Action? between = null)
    {
        var timeout = new Libc.TimeSpec { Seconds = microseconds / 1_000_000, Nanoseconds = microseconds % 1_000_000 * 1_000 };
        var ready = Libc.epoll_pwait2(_epoll, _events, EventsAtOnce, microseconds < 0 ? null : &timeout, null);
        for (var i = 0; i < ready; i++)
        {
            var events = _events[i].Events;
            _watched[(int)_events[i].Data].OnReady((events & (Readable | Broken)) != 0, (events & Writable) != 0);
            between?.Invoke();
        }
    }

    private void Control(int operation, int socket, int watch, bool writable)
    {
        var wanted = new Libc.EpollEvent { Events = Readable | (writable ? Writable : 0), Data = watch };
        if (Libc.epoll_ctl(_epoll, operation, socket, &wanted) != 0)
            throw new InvalidOperationException($"epoll_ctl: error {Marshal.GetLastPInvokeError()}");
    }

    public void Dispose()
    {
        _ = Libc.close(_epoll);
        NativeMemory.Free(_events);
    }
}
