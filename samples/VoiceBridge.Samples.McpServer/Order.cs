namespace VoiceBridge.Samples.McpServer;

/// <summary>An order of a shop.</summary>
internal sealed record Order(string Number, string Item, string Status, DateOnly? Delivery);
