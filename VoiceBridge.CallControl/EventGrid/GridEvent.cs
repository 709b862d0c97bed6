namespace VoiceBridge.CallControl.EventGrid;

/// <summary>One event of either schema.</summary>
/// <param name="Type">E.g. <c>Microsoft.Communication.IncomingCall</c>.</param>
/// <param name="Time">When it happened, says its source.</param>
/// <param name="SystemData">The typed data where Azure.Messaging.EventGrid knows the type.</param>
/// <param name="RawData">The data as it came.</param>
internal sealed record GridEvent(string Type, DateTimeOffset Time, object? SystemData, BinaryData? RawData);

/// <summary>What a request body held.</summary>
/// <param name="Events">Every event that could be read, in order.</param>
/// <param name="Malformed">What was wrong with the others, or with the body as a whole.</param>
internal sealed record GridBatch(IReadOnlyList<GridEvent> Events, IReadOnlyList<string> Malformed);
