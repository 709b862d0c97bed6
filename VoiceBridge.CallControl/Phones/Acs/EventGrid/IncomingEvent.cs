namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>One event of either schema.</summary>
/// <param name="Type">E.g. <c>Microsoft.Communication.IncomingCall</c>.</param>
/// <param name="Time">When it happened, where its source says so.</param>
/// <param name="SystemData">The typed data where Azure.Messaging.EventGrid knows the type.</param>
/// <param name="RawData">The data as it came.</param>
internal sealed record IncomingEvent(string Type, DateTimeOffset? Time, object? SystemData, BinaryData? RawData);

/// <summary>What a request body held.</summary>
/// <param name="Events">Every event that could be read, in order.</param>
/// <param name="Malformed">What was wrong with the others, or with the body as a whole.</param>
internal sealed record EventBatch(IReadOnlyList<IncomingEvent> Events, IReadOnlyList<string> Malformed)
{
    /// <summary>Whether the body was JSON at all: otherwise nobody knows what was in it, and it should come again.</summary>
    public bool Readable { get; init; } = true;
}
