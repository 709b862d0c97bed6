namespace VoiceBridge.MediaGateway.Calls.Facts;

/// <summary>What is known of a call when its media socket opens; it does not change afterwards.</summary>
internal sealed record CallFacts
{
    public required string CallId { get; init; }

    public required string CorrelationId { get; init; }

    /// <summary>New for each media socket.</summary>
    public required string ConnectionId { get; init; }

    /// <summary>The provider's handle of the answered call, null for browser callers.</summary>
    public string? CallConnectionId { get; init; }

    /// <summary>As the provider gave it. For logs, stats and traces use <see cref="CallerShown"/>.</summary>
    public required string CallerId { get; init; }

    /// <summary>The caller id as the privacy setting lets it be shown.</summary>
    public required string CallerShown { get; init; }

    public required string CalledNumber { get; init; }

    /// <summary>The phone: <c>acs</c>, <c>twilio</c> or <c>web</c>.</summary>
    public required string Type { get; init; }

    /// <summary>What the audio is, at the caller's side and so in the session.</summary>
    public AudioFormat Audio { get; init; } = AudioFormat.Pcm24k;

    /// <summary>Whether what is said can be shown to the caller: browsers have a screen.</summary>
    public bool HasScreen => Type == "web";

    /// <summary>When the call rang.</summary>
    public DateTimeOffset RangAt { get; init; }

    /// <summary>When it was answered: from then on the caller waits. Null where the cluster does not know it yet; then it was just now.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When the call ends at the latest, beside <c>Calls:MaxMinutes</c>: browser callers talk as long as their ticket is valid.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The agent that the ticket asks for, else the dialled number decides.</summary>
    public string? Agent { get; init; }

    /// <summary>Higher than that of any earlier media socket of the call; only to be compared.</summary>
    public long Generation { get; init; }

    /// <summary>Whether the call had a media socket before this one, so that another handler began the conversation.</summary>
    public bool Resumed { get; init; }
}
