using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

internal enum ResponseState
{
    /// <summary>Waits for its turn.</summary>
    Wanted,

    /// <summary><c>response.create</c> is sent.</summary>
    Requested,

    /// <summary>The service makes it.</summary>
    Created,

    /// <summary>Its audio has come.</summary>
    Speaking,
    Done,
    Failed,
}

/// <summary>A response that is wanted, from the wish to its end.</summary>
internal sealed class ResponseRequest(string id, Prompt prompt)
{
    /// <summary>The client event's id, a new one each time it is sent.</summary>
    public string Id { get; set; } = id;

    public Prompt Prompt { get; set; } = prompt;

    public ResponseState State { get; set; }

    /// <summary>The service did not say that the response is this request's: it was the next one.</summary>
    public bool IsGuess { get; set; }

    /// <summary>An answer to what is new, which the service's own answer to the caller may be as well.</summary>
    public bool IsAnswer => Prompt == Prompt.Answer;
}

/// <summary>A response that the service is making.</summary>
internal sealed class ActiveResponse(string id, DateTimeOffset now)
{
    public string Id => id;

    /// <summary>The request of ours that it answers; null for one that the service makes by itself.</summary>
    public ResponseRequest? Request { get; set; }

    /// <summary>It began when the service had seen every item that we sent.</summary>
    public bool KnowsAll { get; init; }

    /// <summary>Whether it brings anything that the caller hears.</summary>
    public bool HasSound { get; set; }

    public bool HasCall { get; set; }

    /// <summary>What it says without saying it aloud.</summary>
    public string Text { get; set; } = "";

    public DateTimeOffset HeardOf { get; set; } = now;
}

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
