namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>One event of either schema.</summary>
/// <param name="Type">E.g. <c>Microsoft.Communication.IncomingCall</c>.</param>
/// <param name="Time">When it happened, where its source says so.</param>
/// <param name="SystemData">The typed data where Azure.Messaging.EventGrid knows the type.</param>
/// <param name="RawData">The data as it came.</param>
internal sealed record IncomingEvent(string Type, DateTimeOffset? Time, object? SystemData, BinaryData? RawData);
