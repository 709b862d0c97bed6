using System.Text.Json;
using Azure.Messaging.EventGrid.SystemEvents;
using VoiceBridge.CallControl.Calls;

namespace VoiceBridge.CallControl.Acs;

/// <summary>Turns the data of a <c>Microsoft.Communication.IncomingCall</c> event into a call.</summary>
internal static class IncomingCallReader
{
    private const string PhonePrefix = "4:";
    private const int LongestId = 256;

    /// <summary>The call, or null with the reason why the event says too little to answer one.</summary>
    public static IncomingCall? Read(AcsIncomingCallEventData call, BinaryData? raw, DateTimeOffset time, out string? why)
    {
        if (string.IsNullOrEmpty(call.IncomingCallContext)) return Fail("data.incomingCallContext is missing", out why);
        if (string.IsNullOrEmpty(call.CorrelationId)) return Fail("data.correlationId is missing", out why);
        why = null;
        var to = Text(call.ToCommunicationIdentifier);
        return new IncomingCall(
            call.CorrelationId,
            call.IncomingCallContext,
            string.IsNullOrEmpty(call.ServerCallId) ? null : call.ServerCallId,
            Text(call.FromCommunicationIdentifier),
            // A call that came by redirection was dialled to somebody else: that number chooses the agent.
            OnBehalfOf(raw) ?? to,
            new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero));
    }

    private static IncomingCall? Fail(string reason, out string? why)
    {
        why = reason;
        return null;
    }

    private static string Text(CommunicationIdentifierModel? identifier) =>
        Text(identifier?.PhoneNumber?.Value, identifier?.RawId) ?? "unknown";

    private static string? Text(string? phoneNumber, string? rawId)
    {
        var text = !string.IsNullOrEmpty(phoneNumber) ? phoneNumber
            : rawId?.StartsWith(PhonePrefix, StringComparison.Ordinal) == true ? rawId[PhonePrefix.Length..]
            : rawId;
        if (string.IsNullOrEmpty(text)) return null;
        return text.Length <= LongestId ? text : text[..LongestId];
    }

    /// <summary><c>onBehalfOfCallee</c> is newer than the event model of Azure.Messaging.EventGrid.</summary>
    private static string? OnBehalfOf(BinaryData? raw)
    {
        if (raw is null) return null;
        using var data = JsonDocument.Parse(raw.ToMemory());
        if (data.RootElement.ValueKind is not JsonValueKind.Object
            || !data.RootElement.TryGetProperty("onBehalfOfCallee", out var callee) || callee.ValueKind is not JsonValueKind.Object)
            return null;
        var number = callee.TryGetProperty("phoneNumber", out var phone) && phone.ValueKind is JsonValueKind.Object ? String(phone, "value") : null;
        return Text(number, String(callee, "rawId"));
    }

    private static string? String(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
