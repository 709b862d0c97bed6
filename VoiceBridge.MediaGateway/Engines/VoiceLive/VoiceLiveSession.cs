using System.Net.WebSockets;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

internal enum SessionStage
{
    /// <summary>Connected; <c>session.created</c> has not come yet.</summary>
    Opened,

    /// <summary><c>session.update</c> is sent.</summary>
    Updating,

    /// <summary><c>session.updated</c> has come: it can take the call.</summary>
    Ready,

    /// <summary>The call is on it.</summary>
    Current,

    /// <summary>It is over, or being left.</summary>
    Left,
}

/// <summary>One Voice Live session of a call: its socket, its writer, its reader.</summary>
internal sealed class VoiceLiveSession : IDisposable
{
    private readonly WebSocket _socket;
    private readonly MessagePump _pump;

    public VoiceLiveSession(VoiceLiveConnection connection, MediaOptions media, TimeProvider time)
    {
        _socket = connection.Socket!;
        Endpoint = connection.Endpoint;
        Target = connection.Target!;
        OpenedAt = time.GetUtcNow();
        Writer = new SocketWriter(_socket, AudioLane.Fresh(TimeSpan.FromMilliseconds(media.MaxLagMs)),
            TimeSpan.FromMilliseconds(media.WriteDeadlineMs), time, why => Failure = why);
        _pump = new MessagePump(_socket, new MessageLimits(media.MaxAgentMessageBytes, media.MaxAgentMessagesPerSecond, media.WaitWithoutBuffer), time);
    }

    public string Endpoint { get; }

    /// <summary>What it was opened to.</summary>
    public SessionTarget Target { get; }

    public DateTimeOffset OpenedAt { get; }

    public SocketWriter Writer { get; }

    /// <summary>Where it stands; the control loop's.</summary>
    public SessionStage Stage { get; set; }

    /// <summary>When the service ends it, if it said so; the control loop's.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>What it said first; the control loop's.</summary>
    public SessionCreated? Created { get; set; }

    /// <summary>Room for what had to be unescaped; the reader's.</summary>
    public UnescapeBuffer UnescapeBuffer { get; } = new();

    /// <summary>The id of the response that was heard of last, as UTF-8; the reader's.</summary>
    public byte[] LatestResponse { get; set; } = [];

    /// <summary>The response that the caller cut off: what still comes of it is not played. The reader's.</summary>
    public byte[] FlushedResponse { get; set; } = [];

    /// <summary>When it became the call's session, as a timestamp; the control loop's.</summary>
    public long CurrentSince { get; set; }

    /// <summary>What made us abort it.</summary>
    public string? Failure { get; private set; }

    /// <summary>Reads until it is over.</summary>
    public Task<PumpEnd> RunAsync(MessageHandler onMessage) => _pump.RunAsync(onMessage);

    public void Close() => Writer.Close();

    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();
}
