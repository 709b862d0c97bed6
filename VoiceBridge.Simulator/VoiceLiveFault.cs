using System.Net.WebSockets;

namespace VoiceBridge.Simulator;

/// <summary>
/// Something that goes wrong in sessions, turns or responses of the simulated Voice Live: in those that fit <see cref="Session"/>,
/// <see cref="Endpoint"/>, <see cref="Said"/> and <see cref="Requested"/>, so that calls with different faults can run beside each other.
/// </summary>
public sealed class VoiceLiveFault
{
    private int _times = int.MaxValue;

    /// <summary>What goes wrong.</summary>
    public VoiceLiveFaultKind Kind { get; set; }

    /// <summary>Part of the session's instructions, in any case; null: every session. What happens before the first <c>session.update</c> fits null only.</summary>
    public string? Session { get; set; }

    /// <summary>The name of the endpoint; null: any.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Part of what the caller said last, in any case; null: anything, and nothing. Counts for turns and responses.</summary>
    public string? Said { get; set; }

    /// <summary>Only responses that a client asked for (true), or only those that the service begins by itself (false); null: both.</summary>
    public bool? Requested { get; set; }

    /// <summary>So many times in all. Counts down; without end unless set. Faults of a session's whole life do not count.</summary>
    public int Times
    {
        get => Volatile.Read(ref _times);
        set => Volatile.Write(ref _times, value);
    }

    /// <summary>The code of the error; empty: null on the wire.</summary>
    public string Code { get; set; } = "server_error";

    /// <summary>The type of the error.</summary>
    public string Type { get; set; } = "server_error";

    /// <summary>The message of the error.</summary>
    public string Message { get; set; } = "The server had an error while processing your request.";

    /// <summary>The member that the error names.</summary>
    public string? Param { get; set; }

    /// <summary>The error's members stand at the top of the event, not in its <c>error</c>.</summary>
    public bool Flat { get; set; }

    /// <summary>What a response of the service's own says.</summary>
    public string Text { get; set; } = "One moment, please.";

    /// <summary>How long after <c>session.updated</c>; negative: before it.</summary>
    public TimeSpan After { get; set; }

    /// <summary>The status that the session is closed with; null: it is cut off.</summary>
    public WebSocketCloseStatus? CloseStatus { get; set; }

    /// <summary>Takes one of <see cref="Times"/>; false when there is none left.</summary>
    internal bool TryTake()
    {
        while (Times is > 0 and var left)
        {
            if (left == int.MaxValue || Interlocked.CompareExchange(ref _times, left - 1, left) == left) return true;
        }
        return false;
    }
}
