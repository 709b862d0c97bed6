using VoiceBridge.RelayBench.Wire;

namespace VoiceBridge.RelayBench.Relays;

/// <summary>
/// The floor: one thread of epoll that translates the two protocols and does nothing else. A caller's AudioData becomes an append, an agent's delta becomes
/// AudioData, in place, with no allocation; whatever else comes is dropped. It has no tickets, sessions, interruptions, backlog limits, metrics or TLS.
/// </summary>
internal static class FloorRelay
{
    public static void Run(int port, Uri upstream)
    {
        if (upstream.Scheme != "ws") throw new NotSupportedException("The floor speaks no TLS.");
        using var reactor = new Reactor();
        using var listener = new Listener(reactor, port, socket => _ = new Caller(reactor, socket, upstream));
        while (true) reactor.Run(-1);
    }

    /// <summary>The text between <paramref name="key"/> and the next quote.</summary>
    private static bool TryFind(ReadOnlySpan<byte> message, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        value = default;
        var at = message.IndexOf(key);
        if (at < 0) return false;
        var rest = message[(at + key.Length)..];
        var end = rest.IndexOf((byte)'"');
        if (end < 0) return false;
        value = rest[..end];
        return true;
    }

    private sealed class Caller(Reactor reactor, int socket, Uri upstream) : WebSocketPeer(reactor, socket, tls: null)
    {
        private readonly Reactor _reactor = reactor;
        private Agent? _agent;

        protected override void OnOpen() => _agent = new Agent(_reactor, upstream, this);

        protected override void OnMessage(Span<byte> message)
        {
            if (TryFind(message, "\"data\":\""u8, out var audio)) _agent!.Append(audio);
        }

        protected override void OnClosed(string why) => _agent?.Close();
    }

    private sealed class Agent(Reactor reactor, Uri upstream, Caller caller) : WebSocketPeer(reactor, upstream.Port, upstream.PathAndQuery)
    {
        private readonly List<byte[]> _early = [];

        // A client's mask must not be foreseeable (RFC 6455, section 5.3).
        protected override uint Mask => (uint)Random.Shared.Next() | 1;

        public void Append(ReadOnlySpan<byte> audio)
        {
            if (IsOpen) SendText("{\"type\":\"input_audio_buffer.append\",\"audio\":\""u8, audio, "\"}"u8);
            else _early.Add(audio.ToArray());
        }

        protected override void OnOpen()
        {
            foreach (var audio in _early) Append(audio);
            _early.Clear();
        }

        protected override void OnMessage(Span<byte> message)
        {
            if (message.IndexOf("\"type\":\"response.audio.delta\""u8) >= 0 && TryFind(message, "\"delta\":\""u8, out var audio))
                caller.SendText("{\"Kind\":\"AudioData\",\"AudioData\":{\"Data\":\""u8, audio, "\"},\"StopAudio\":null}"u8);
        }

        protected override void OnClosed(string why) => caller.Close();
    }
}
