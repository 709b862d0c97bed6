namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>What a <see cref="ResponseScheduler"/> needs of its call, and what it cannot decide.</summary>
internal interface IResponseHost
{
    /// <summary>Since the latest audio of the agent.</summary>
    TimeSpan SinceAudio { get; }

    void Send(ReadOnlyMemory<byte> clientEvent);

    /// <summary>Nothing of this response is to be heard.</summary>
    void Mute(string responseId);

    /// <summary>For the timeline: a response ended otherwise than it should.</summary>
    void OnResponseFailed(string status, string why);

    /// <summary>The service does not answer, however often it is asked: what was wanted will not be said.</summary>
    void OnGivenUp(string why);

    /// <summary>The caller made a noise that was no turn.</summary>
    void OnNoise();
}
