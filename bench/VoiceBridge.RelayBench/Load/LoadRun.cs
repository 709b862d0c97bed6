using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Load;

/// <summary>
/// Callers and agents at once, on one thread: callers send 50 frames a second by the clock, the agents' end sends each frame back as
/// a delta. Both directions are timed apart, frame by frame.
/// </summary>
internal sealed class LoadRun : IDisposable
{
    /// <summary>A caller's frame of 20 ms, in microseconds.</summary>
    public const int UsualFrame = 20_000;

    private const int LateMicroseconds = 5_000;
    private static readonly long TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000;

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentQueue<WebSocketPeer> _accepted = new();
    private readonly List<WebSocketPeer> _peers = [];
    private readonly List<int> _callOf = [];
    private readonly Epoll _epoll = new();
    private readonly Frames _frames = new();
    private readonly Func<int, (string Path, string[] Headers)> _request;
    private readonly IPEndPoint _relay;
    private readonly bool _converses;
    private readonly int _frameMicroseconds;
    private Conversation[] _conversations = [];
    private readonly Dictionary<WebSocketPeer, Conversation> _conversationOf = [];
    private uint[] _nextUp = [];
    private uint[] _nextDown = [];
    private bool _measuring;
    private long _sentUp, _arrivedUp, _sentDown, _arrivedDown, _misdelivered, _late;
    private uint _measuredFrom;
    private readonly Latencies _up = new();
    private readonly Latencies _down = new();

    /// <param name="relay">Where the relay listens for callers.</param>
    /// <param name="upstreamPort">Where this run plays the agents' service.</param>
    /// <param name="request">Path and headers of each caller's upgrade.</param>
    /// <param name="converses">The agents' end says more than audio.</param>
    /// <param name="frameMicroseconds">How often each caller sends a frame.</param>
    public LoadRun(IPEndPoint relay, int upstreamPort, Func<int, (string Path, string[] Headers)> request, bool converses, int frameMicroseconds = UsualFrame)
    {
        (_relay, _request, _converses, _frameMicroseconds) = (relay, request, converses, frameMicroseconds);
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, upstreamPort));
        _listener.Listen(512);
        new Thread(AcceptAll) { IsBackground = true, Name = "upstream accept" }.Start();
    }

    /// <summary>Connects <paramref name="calls"/> callers, warms up, measures. <paramref name="onMeasure"/> brackets the measured time.</summary>
    public LoadResult Run(int calls, TimeSpan warmUp, TimeSpan measured, Action<bool> onMeasure)
    {
        Epoll.SleepPrecisely();
        _nextUp = new uint[calls];
        _nextDown = new uint[calls];
        _conversations = [.. Enumerable.Range(0, calls).Select(call => new Conversation(call))];
        for (var call = 0; call < calls; call++)
        {
            var (path, headers) = _request(call);
            Watch(Upgrade.Connect(_relay, path, headers), call);
            _peers[^1].SendText(Frames.Metadata);
            Pump(5_000);
        }

        var frames = (int)((warmUp + measured) / TimeSpan.FromMicroseconds(_frameMicroseconds));
        _measuredFrom = (uint)(warmUp / TimeSpan.FromMicroseconds(_frameMicroseconds));
        var sequence = new uint[calls];
        var start = Stopwatch.GetTimestamp() + 20_000 * TicksPerMicrosecond;
        for (long step = 0; step < (long)frames * calls; step++)
        {
            // Callers are spread over the 20 ms, as real ones are.
            var call = (int)(step % calls);
            var due = start + (step / calls * _frameMicroseconds + (long)call * _frameMicroseconds / calls) * TicksPerMicrosecond;
            while (Stopwatch.GetTimestamp() < due) Pump(Math.Max(0, (due - Stopwatch.GetTimestamp()) / TicksPerMicrosecond));
            if (!_measuring && sequence[call] == _measuredFrom)
            {
                _measuring = true;
                onMeasure(true);
            }

            SendUp(call, sequence[call]++, due);
            if (step % 16 == 0) Pump(0);
        }

        onMeasure(false);
        var end = Stopwatch.GetTimestamp() + Stopwatch.Frequency;
        while (Stopwatch.GetTimestamp() < end && (_arrivedDown < _sentDown || _arrivedUp < _sentUp)) Pump(5_000);
        return new LoadResult
        {
            Calls = calls, SentUp = _sentUp, ArrivedUp = _arrivedUp, SentDown = _sentDown, ArrivedDown = _arrivedDown,
            Misdelivered = _misdelivered, LateSends = _late, Up = _up, Down = _down,
        };
    }

    private void SendUp(int call, uint sequence, long due)
    {
        var now = Stopwatch.GetTimestamp();
        var peer = _peers[_peerOfCall[call]];
        if (sequence >= _measuredFrom)
        {
            _sentUp++;
            if (now - due > LateMicroseconds * TicksPerMicrosecond) _late++;
        }

        peer.SendText(_frames.CallerFrame(new Mark((uint)call, sequence, now)));
    }

    private readonly List<int> _peerOfCall = [];

    private void Watch(WebSocketPeer peer, int call)
    {
        _peers.Add(peer);
        _callOf.Add(call);
        if (call >= 0) _peerOfCall.Add(_peers.Count - 1);
        _epoll.Watch(peer.Handle, _peers.Count - 1);
    }

    private void Pump(long microseconds)
    {
        while (_accepted.TryDequeue(out var upstream))
        {
            Watch(upstream, call: -1);
            upstream.SendText(Frames.SessionCreated);
        }

        var ready = _epoll.Wait(microseconds);
        for (var i = 0; i < ready; i++)
        {
            var tag = _epoll.Tag(i);
            var peer = _peers[tag];
            if (peer.Closed) continue;
            peer.Flush();
            peer.Fill();
            while (peer.TryTake(out var message))
            {
                if (_callOf[tag] >= 0) AtCaller((uint)_callOf[tag], message);
                else AtAgent(peer, message);
            }

            if (peer.Closed) peer.Close();
        }
    }

    private void AtAgent(WebSocketPeer peer, ReadOnlySpan<byte> message)
    {
        var at = Mark.Find(message);
        if (at < 0)
        {
            if (_conversationOf.TryGetValue(peer, out var talking))
            {
                if (message.IndexOf("\"response.create\""u8) >= 0) talking.OnResponseWanted(peer);
                else if (message.IndexOf("\"function_call_output\""u8) >= 0) talking.OnToolAnswered(peer);
            }

            if (message.IndexOf("session.update"u8) < 0) return;
            peer.SendText(Frames.SessionUpdated);
            peer.SendText(Frames.ResponseCreated);
            return;
        }

        var mark = Mark.Read(message[at..]);
        var measured = mark.Sequence >= _measuredFrom && _measuring;
        if (measured)
        {
            _arrivedUp++;
            _up.Add(mark.Age());
        }

        Follow(_nextUp, mark);
        if (measured) _sentDown++;
        var conversation = _conversations[mark.Call];
        if (_converses)
        {
            _conversationOf.TryAdd(peer, conversation);
            conversation.OnFrame(mark.Sequence, peer);
        }

        peer.SendText(_frames.AgentDelta(mark with { SentAt = Stopwatch.GetTimestamp() }, conversation.Response));
    }

    private void AtCaller(uint call, ReadOnlySpan<byte> message)
    {
        var at = Mark.Find(message);
        if (at < 0) return;
        var mark = Mark.Read(message[at..]);
        if (mark.Call != call) _misdelivered++;
        Follow(_nextDown, mark);
        if (mark.Sequence < _measuredFrom || !_measuring) return;
        _arrivedDown++;
        _down.Add(mark.Age());
    }

    private void Follow(uint[] next, Mark mark)
    {
        if (mark.Sequence < next[mark.Call]) _misdelivered++;
        next[mark.Call] = mark.Sequence + 1;
    }

    private void AcceptAll()
    {
        try
        {
            while (true) _accepted.Enqueue(Upgrade.Accept(_listener.Accept()));
        }
        catch (SocketException)
        {
            // The run is over.
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var peer in _peers.Where(peer => !peer.Closed)) peer.Close();
        _epoll.Dispose();
    }
}
