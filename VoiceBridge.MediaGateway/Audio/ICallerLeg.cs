using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

/// <summary>What a caller's socket brings in. Called on the socket's thread, in order: must not block.</summary>
internal interface ICallerSink
{
    /// <summary>Base64 in the leg's format: unescaped text that can be put into JSON as it is.</summary>
    void OnAudio(ReadOnlySpan<byte> base64);

    /// <summary>Samples as they are, of legs whose format is PCM.</summary>
    void OnPcm(ReadOnlySpan<byte> samples);

    /// <summary>A frame that holds no samples.</summary>
    void OnSilentFrame();

    void OnDtmf(string tone);

    /// <summary>The caller has heard everything before <paramref name="position"/> (providers that report it), as counted for <see cref="ICallerLeg.Play"/>.</summary>
    void OnPlayed(long position);

    /// <summary>The caller wants the agent to be quiet, without having spoken (providers whose callers can).</summary>
    void OnInterrupt();

    /// <summary>The provider announces audio of another format than the leg's.</summary>
    void OnWrongFormat(string format);

    /// <summary>The caller asks to end the call (providers whose callers can).</summary>
    void OnHangup();
}

/// <summary>The caller's side of a call, whoever the provider: translates the provider's messages, and nothing else.</summary>
internal interface ICallerLeg
{
    /// <summary>What the audio is, both ways.</summary>
    AudioFormat Format { get; }

    /// <summary>Reads the socket until it ends.</summary>
    Task<PumpEnd> RunAsync(ICallerSink sink);

    /// <summary>Whether anything has come from the caller's side yet.</summary>
    bool HasSpoken { get; }

    /// <summary>The one sender of the socket.</summary>
    SocketWriter Writer { get; }

    /// <summary>Sends audio of the agent, base64 in the leg's format.</summary>
    /// <param name="base64">The audio.</param>
    /// <param name="position">How many bytes of audio were given to this method before.</param>
    void Play(ReadOnlySpan<byte> base64, long position);

    /// <summary>Throws away what was sent and not yet played, here and at the provider; nothing of it is sent afterwards.</summary>
    void StopPlaying();

    /// <summary>A text event, for callers who can show it.</summary>
    void Show(ReadOnlyMemory<byte> json);

    /// <summary>Tells the caller's side that the call is over, where it can be told, and closes the sending side.</summary>
    void Close(CallEnd end);

    void Abort();
}
