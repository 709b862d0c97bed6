namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <param name="Model">The model as the service names it.</param>
/// <param name="ExpiresAt">When the service ends the session, in Unix seconds.</param>
internal sealed record SessionInfo(string? Model = null, double? ExpiresAt = null);

/// <summary>An error; <paramref name="EventId"/> is that of the client event that caused it.</summary>
internal sealed record ErrorInfo(string? Type = null, string? Code = null, string? Message = null, string? Param = null, string? EventId = null)
{
    /// <summary>What it is, as far as it is known, in a word for the timeline.</summary>
    public string Name => Code ?? Type ?? "unknown";

    /// <summary>A response was asked for while another one was being made. Not every service says so by its code.</summary>
    public bool SaysAnotherIsActive => Code == "conversation_already_has_active_response"
        || Message?.Contains("active response", StringComparison.OrdinalIgnoreCase) == true;
}

/// <summary>An item of the conversation: a message, a function call or its output, a call that the service made itself.</summary>
internal sealed record ItemInfo(string Id, string? Type, string? Status = null, string? Role = null, string? Name = null, string? CallId = null, string? Arguments = null)
{
    /// <summary>The result of a call that the service made itself.</summary>
    public string? Output { get; init; }

    public IReadOnlyList<ContentPart> Content { get; init; } = [];
}

internal sealed record ContentPart(string? Type, string? Text, string? Transcript);

/// <param name="Id">Empty when the service gave none.</param>
/// <param name="Status"><c>in_progress</c>, <c>completed</c>, <c>cancelled</c>, <c>incomplete</c> or <c>failed</c>.</param>
/// <param name="Reason">Why it was cancelled or is incomplete: <c>turn_detected</c>, <c>client_cancelled</c>, <c>content_filter</c>, <c>max_output_tokens</c>.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ClientEventId">The request of ours that it answers, where the service echoes metadata.</param>
internal sealed record ResponseInfo(string Id, string? Status, string? Reason = null, string? Error = null, string? ClientEventId = null)
{
    public IReadOnlyList<ItemInfo> Output { get; init; } = [];

    /// <summary>May be missing when the response was cut off.</summary>
    public Usage? Usage { get; init; }
}

/// <summary>The tokens of a response. Where the service gives no details they are zero.</summary>
internal sealed record Usage(long InputTokens, long OutputTokens)
{
    public long InputText { get; init; }

    public long InputAudio { get; init; }

    public long CachedText { get; init; }

    public long CachedAudio { get; init; }

    public long OutputText { get; init; }

    public long OutputAudio { get; init; }
}
