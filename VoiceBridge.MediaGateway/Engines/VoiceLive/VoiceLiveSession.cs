using System.Text;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>One Voice Live session of a call: its socket, its writer, its reader.</summary>
internal sealed class VoiceLiveSession : KeptSession, IDisposable
{
    private const int MaxFlushed = 8;

    private readonly MediaSocket _socket;
    private readonly MessagePump _pump;
    private readonly Queue<byte[]> _flushed = new();
    private string? _failure;

    public VoiceLiveSession(VoiceLiveConnection connection, MediaOptions media, TimeProvider time)
        : base(connection.Endpoint, time.GetUtcNow())
    {
        _socket = connection.Socket!;
        Target = connection.Target!;
        Writer = new SocketWriter(_socket, AudioLane.Fresh(TimeSpan.FromMilliseconds(media.MaxLagMs)),
            TimeSpan.FromMilliseconds(media.WriteDeadlineMs), time, why => _failure = why);
        _pump = new MessagePump(_socket, new MessageLimits(media.MaxAgentMessageBytes, media.MaxAgentMessagesPerSecond), time);
    }

    /// <summary>What it was opened to, with the model as the service named it; the loop's.</summary>
    public SessionTarget Target { get; set; }

    public SocketWriter Writer { get; }

    /// <summary>Room for what had to be unescaped; the reader's.</summary>
    public UnescapeBuffer Scratch { get; } = new();

    /// <summary>The id of the response that was heard of last, as UTF-8; the reader's.</summary>
    public byte[] LatestResponse { get; set; } = [];

    /// <summary>The response whose audio came last; the reader's.</summary>
    public byte[] SoundingResponse { get; set; } = [];

    /// <summary>Reads until it is over; why, in the words of the service where it gave any.</summary>
    public async Task<string> RunAsync(MessageHandler onMessage)
    {
        var end = await _pump.RunAsync(onMessage);
        return _failure ?? (_socket.CloseStatus is { } status ? $"closed with {(int)status} {_socket.CloseStatusDescription}".TrimEnd() : end.ToString());
    }

    /// <summary>What still comes of this response is not played. Under the lock of what is playing.</summary>
    public void Flush(byte[] responseId)
    {
        if (responseId.Length == 0 || IsFlushed(responseId))
            return;
        if (_flushed.Count == MaxFlushed)
            _flushed.Dequeue();
        _flushed.Enqueue(responseId);
    }

    /// <inheritdoc cref="Flush"/>
    public bool IsFlushed(ReadOnlySpan<byte> responseId)
    {
        foreach (var flushed in _flushed)
        {
            if (responseId.SequenceEqual(flushed))
                return true;
        }
        return false;
    }

    /// <summary>Whether the last audio that came was this response's.</summary>
    public bool SoundsLike(string responseId) => Encoding.UTF8.GetString(SoundingResponse) == responseId;

    public void Close() => Writer.Close();

    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
