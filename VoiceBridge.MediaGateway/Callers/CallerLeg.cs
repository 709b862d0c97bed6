using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers;

/// <summary>What all callers' legs are made of: a socket with one reader and one writer, and patience with messages that cannot be read.</summary>
internal abstract class CallerLeg : ICallerLeg
{
    /// <summary>What a paced leg sends at once at the most; a multiple of three bytes in every format.</summary>
    private const int PieceMs = 60;

    private readonly MediaSocket _socket;
    private readonly MessagePump _pump;
    private readonly int _maxMalformed;
    private readonly int _longestText;
    private int _malformedInARow;

    /// <param name="socket">The caller's.</param>
    /// <param name="format">What its audio is.</param>
    /// <param name="aheadMs">How many milliseconds ahead of what it plays the caller's side is sent audio; 0: audio is sent as it comes.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onWriteFailure">Called with the reason when the socket's writer fails.</param>
    protected CallerLeg(MediaSocket socket, AudioFormat format, int aheadMs, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    {
        _socket = socket;
        Format = format;
        _maxMalformed = options.MaxMalformedInARow;
        _longestText = aheadMs > 0 ? format.TextLength(PieceMs) : int.MaxValue;
        _pump = new MessagePump(socket, new MessageLimits(options.MaxCallerMessageBytes, options.MaxMessagesPerSecond), time);
        var lane = aheadMs > 0
            ? AudioLane.Paced(TimeSpan.FromMilliseconds(options.MaxQueuedMs), TimeSpan.FromMilliseconds(aheadMs))
            : AudioLane.Complete(TimeSpan.FromMilliseconds(options.MaxBacklogMs));
        Writer = new SocketWriter(socket, lane, TimeSpan.FromMilliseconds(options.WriteDeadlineMs), time, onWriteFailure);
    }

    public AudioFormat Format { get; }

    public SocketWriter Writer { get; }

    public bool HasSpoken => _pump.Received > 0;

    /// <summary>Where what is heard goes; there from the first message on.</summary>
    protected ICallerSink Sink { get; private set; } = null!;

    /// <summary>The caller's side has said that it is over: nothing more is read, as if the socket had been closed.</summary>
    protected bool IsOver { get; set; }

    public async Task<PumpEnd> RunAsync(ICallerSink sink)
    {
        Sink = sink;
        var end = await _pump.RunAsync(OnMessage).ConfigureAwait(false);
        return IsOver ? PumpEnd.Closed : end;
    }

    public void Play(ReadOnlySpan<byte> base64, long position)
    {
        while (!base64.IsEmpty)
        {
            // Cut between groups of four characters: each piece is base64 by itself.
            var piece = base64[..Math.Min(base64.Length, _longestText)];
            var bytes = Base64Text.DecodedBytes(piece);
            position += bytes;
            Send(piece, bytes / Format.BytesPerMs, position);
            base64 = base64[piece.Length..];
        }
    }

    public abstract void StopPlaying();

    public abstract void Show(ReadOnlyMemory<byte> json);

    public abstract void Close(CallEnd end);

    public void Abort() => _socket.Abort();

    /// <summary>Sends a piece of audio, which ends at <paramref name="end"/> of all that is ever sent.</summary>
    protected abstract void Send(ReadOnlySpan<byte> base64, int milliseconds, long end);

    /// <summary>Takes one message, on the socket's thread; false when it cannot be read.</summary>
    protected abstract bool Understand(ReadOnlySpan<byte> message, WebSocketMessageType type);

    private bool OnMessage(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        _malformedInARow = Understand(message, type) ? 0 : _malformedInARow + 1;
        return _malformedInARow <= _maxMalformed && !IsOver;
    }
}
