namespace VoiceBridge.Simulator.Callers;

/// <summary>The way of one call's audio between the caller and the bridge: the media sockets that its phone network opens, and what is said on them.</summary>
internal interface IMediaLine
{
    /// <summary>Samples a second of the audio.</summary>
    int SampleRate { get; }

    /// <summary>How many sockets were opened so far.</summary>
    int Opened { get; }

    /// <summary>Frames of the caller that nobody read.</summary>
    long FramesLost { get; }

    /// <summary>Whether one is open.</summary>
    bool Active { get; }

    /// <summary>20 ms of the caller.</summary>
    void Post(ReadOnlySpan<short> frame, bool silent);

    /// <summary>A key of the caller's.</summary>
    void PostTone(char tone);

    /// <summary>So many samples of the agent's have been played so far.</summary>
    void Played(long samples);

    /// <summary>A message as it is.</summary>
    void PostRaw(ReadOnlySpan<byte> message);

    /// <summary>Cuts the sockets as a broken network does.</summary>
    void Cut();

    /// <summary>Reads no more from the sockets.</summary>
    void StopReading();

    /// <summary>One more socket beside those that are open; false when it is refused, or when the network does no such thing.</summary>
    Task<bool> OpenAsync();
}
