using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>A response that is wanted, from the wish to its end.</summary>
internal sealed class ResponseRequest(string id, Prompt prompt)
{
    /// <summary>The client event's id, a new one each time it is sent.</summary>
    public string Id { get; set; } = id;

    public Prompt Prompt { get; set; } = prompt;

    /// <summary><c>response.create</c> is sent, and no response is known to be its.</summary>
    public bool IsRequested { get; set; }

    /// <summary>The service did not say that the response is this request's: it was the next one.</summary>
    public bool IsGuess { get; set; }

    /// <summary>The caller's turn has come meanwhile: if this was not said, it is not asked for again.</summary>
    public bool IsOvertaken { get; set; }

    /// <summary>An answer to what is new, which the service's own answer to the caller may be as well.</summary>
    public bool IsAnswer => Prompt == Prompt.Answer;

    /// <summary>Whether an error is about this request: by its id where the service gives one, else what is left after the errors of everything else that we
    /// send.</summary>
    public bool IsMeantBy(ErrorInfo error)
    {
        if (error.EventId is { Length: > 0 } id)
            return id == Id;
        if (error.SaysAnotherIsActive)
            return IsRequested || IsGuess;
        return IsRequested
            && error.Code is not ("response_cancel_not_active" or "input_audio_buffer_commit_empty")
            && error.Param is not ("audio_end_ms" or "content_index" or "item_id")
            && error.Param?.StartsWith("session.", StringComparison.Ordinal) != true
            && error.Param?.StartsWith("item", StringComparison.Ordinal) != true;
    }
}
