using System.ComponentModel.DataAnnotations;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Section <c>Media</c>: bounds of the audio path.</summary>
internal sealed class MediaOptions
{
    public const string Section = "Media";

    /// <summary>Caller audio that waited longer for Voice Live to take it is dropped, oldest first. Milliseconds.</summary>
    [Range(100, 30_000)]
    public int MaxLagMs { get; set; } = 1_000;

    /// <summary>Caller audio held while there is no session to take it; beyond that the oldest is dropped. Milliseconds.</summary>
    [Range(0, 10_000)]
    public int HoldMs { get; set; } = 3_000;

    /// <summary>Agent audio that a caller's socket may be behind before the call is given up. Milliseconds.</summary>
    [Range(1_000, 300_000)]
    public int MaxBacklogMs { get; set; } = 30_000;

    /// <summary>Agent audio that may wait for its time where a phone is paced, before the call is given up. Milliseconds.</summary>
    [Range(1_000, 3_600_000)]
    public int MaxQueuedMs { get; set; } = 300_000;

    /// <summary>A peer that takes nothing for so long is gone. Milliseconds.</summary>
    [Range(100, 60_000)]
    public int WriteDeadlineMs { get; set; } = 5_000;

    /// <summary>A caller's socket that sends nothing after it was opened is closed. Milliseconds.</summary>
    [Range(100, 60_000)]
    public int FirstMessageMs { get; set; } = 10_000;

    /// <summary>The longest message of a caller's socket. Bytes.</summary>
    [Range(4_096, 16 * 1024 * 1024)]
    public int MaxCallerMessageBytes { get; set; } = 256 * 1024;

    /// <summary>The longest message of Voice Live. Bytes.</summary>
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int MaxAgentMessageBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Messages and fragments of messages that a caller's socket may send per second, as an average over five seconds.</summary>
    [Range(50, 100_000)]
    public int MaxMessagesPerSecond { get; set; } = 500;

    /// <summary>Seconds of audio that a caller may send per second, as an average over five seconds: lines catch up after a stall, nobody speaks faster.</summary>
    [Range(1, 1_000)]
    public int MaxAudioRate { get; set; } = 3;

    /// <summary>Bytes a caller's socket may send per second, framing included, as an average over five seconds. Audio is 80,000.</summary>
    [Range(100_000, 1_000_000_000)]
    public int MaxBytesPerSecond { get; set; } = 2_000_000;

    /// <summary>Pings, pongs and closes that a caller's socket may send per second, as an average over five seconds.</summary>
    [Range(1, 10_000)]
    public int MaxControlFramesPerSecond { get; set; } = 20;

    /// <summary>The same for Voice Live, whose transcripts come word by word.</summary>
    [Range(50, 100_000)]
    public int MaxAgentMessagesPerSecond { get; set; } = 2_000;

    /// <summary>Messages in a row that cannot be read before a caller's socket is closed.</summary>
    [Range(1, 10_000)]
    public int MaxMalformedInARow { get; set; } = 50;

    /// <summary>Ping a silent peer so often, and give it as long to answer. Seconds.</summary>
    [Range(1, 600)]
    public int KeepAliveSeconds { get; set; } = 15;

    /// <summary>Wait for Voice Live over TLS without the receive buffer of TLS, for one more read per message.</summary>
    public bool WaitWithoutBuffer { get; set; } = true;

    /// <summary>Complete socket operations on the socket's own thread: cheaper, as long as nothing there blocks.</summary>
    public bool InlineScheduling { get; set; } = true;

    /// <summary>Upgrade requests that may wait for admission at once.</summary>
    [Range(1, 100_000)]
    public int MaxPendingUpgrades { get; set; } = 200;
}
