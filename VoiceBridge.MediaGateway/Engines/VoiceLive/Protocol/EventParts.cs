namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

internal sealed record SessionInfo
{
    public string? Id { get; init; }

    public string? Model { get; init; }

    /// <summary>When the service ends the session, in Unix seconds.</summary>
    public double? ExpiresAt { get; init; }
}

internal sealed record ErrorInfo
{
    public string? Type { get; init; }

    public string? Code { get; init; }

    public string? Message { get; init; }

    public string? Param { get; init; }

    /// <summary>The client event that caused it.</summary>
    public string? EventId { get; init; }
}

/// <summary>An item of the conversation: a message, a function call or its output.</summary>
internal sealed record ItemInfo
{
    public string Id { get; init => field = value ?? ""; } = "";

    public string? Type { get; init; }

    public string? Status { get; init; }

    public string? Role { get; init; }

    public string? Name { get; init; }

    public string? CallId { get; init; }

    public string? Arguments { get; init; }

    public IReadOnlyList<ContentPart>? Content { get; init; }
}

internal sealed record ContentPart
{
    public string? Type { get; init; }

    public string? Text { get; init; }

    public string? Transcript { get; init; }
}

internal sealed record ResponseInfo
{
    public string Id { get; init => field = value ?? ""; } = "";

    /// <summary><c>in_progress</c>, <c>completed</c>, <c>cancelled</c>, <c>incomplete</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    public ResponseStatusDetails? StatusDetails { get; init; }

    public IReadOnlyList<ItemInfo>? Output { get; init; }

    /// <summary>May be missing when the response was cut off.</summary>
    public Usage? Usage { get; init; }
}

internal sealed record ResponseStatusDetails
{
    public string? Type { get; init; }

    /// <summary><c>turn_detected</c>: the caller spoke; <c>client_cancelled</c>: we asked for it.</summary>
    public string? Reason { get; init; }

    public ErrorInfo? Error { get; init; }
}

internal sealed record Usage
{
    public long TotalTokens { get; init; }

    public long InputTokens { get; init; }

    public long OutputTokens { get; init; }

    public InputTokenDetails? InputTokenDetails { get; init; }

    public OutputTokenDetails? OutputTokenDetails { get; init; }
}

internal sealed record InputTokenDetails
{
    public long CachedTokens { get; init; }

    public long TextTokens { get; init; }

    public long AudioTokens { get; init; }

    public CachedTokenDetails? CachedTokensDetails { get; init; }
}

internal sealed record CachedTokenDetails
{
    public long TextTokens { get; init; }

    public long AudioTokens { get; init; }
}

internal sealed record OutputTokenDetails
{
    public long TextTokens { get; init; }

    public long AudioTokens { get; init; }

    public long ReasoningTokens { get; init; }
}
