using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>What all callers' legs are made of: a socket with one reader and one writer, and patience with messages that cannot be read.</summary>
internal abstract class CallerLeg : ICallerLeg
{
    private readonly WebSocket _socket;
    private readonly MessagePump _pump;
    private readonly int _maxMalformed;
    private int _malformedInARow;

    protected CallerLeg(WebSocket socket, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    {
        _socket = socket;
        _maxMalformed = options.MaxMalformedInARow;
        _pump = new MessagePump(socket, new MessageLimits(options.MaxCallerMessageBytes, options.MaxMessagesPerSecond, options.WaitWithoutBuffer), time);
        Writer = new SocketWriter(socket, AudioLane.Complete(TimeSpan.FromMilliseconds(options.MaxBacklogMs)),
            TimeSpan.FromMilliseconds(options.WriteDeadlineMs), time, onWriteFailure);
    }

    public SocketWriter Writer { get; }

    public bool HasSpoken => _pump.Received > 0;

    /// <summary>Where what is heard goes; there from the first message on.</summary>
    protected ICallerSink Sink { get; private set; } = null!;

    public Task<PumpEnd> RunAsync(ICallerSink sink)
    {
        Sink = sink;
        return _pump.RunAsync(OnMessage);
    }

    public abstract void Play(ReadOnlySpan<byte> base64, int milliseconds);

    public abstract void StopPlaying();

    public abstract void Show(ReadOnlyMemory<byte> json);

    public abstract void Close(CallEnd end);

    public void Abort() => _socket.Abort();

    /// <summary>Takes one message, on the socket's thread; false when it cannot be read.</summary>
    protected abstract bool Understand(ReadOnlySpan<byte> message, WebSocketMessageType type);

    private bool OnMessage(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        _malformedInARow = Understand(message, type) ? 0 : _malformedInARow + 1;
        return _malformedInARow <= _maxMalformed;
    }
}
