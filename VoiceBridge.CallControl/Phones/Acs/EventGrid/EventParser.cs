using System.Globalization;
using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.EventGrid;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>Reads a webhook body: Event Grid's own schema or CloudEvents 1.0, mixed if need be. Never throws.</summary>
internal static class EventParser
{
    public static EventBatch<IncomingEvent> Parse(ReadOnlyMemory<byte> body) => EventBody.Read<IncomingEvent>(body, element => (Read(element), null));

    private static IncomingEvent Read(JsonElement element)
    {
        try
        {
            return ReadAsDocumented(element);
        }
        catch (Exception) when (ReadTolerantly(element) is not null)
        {
            return ReadTolerantly(element)!;
        }
    }

    private static IncomingEvent ReadAsDocumented(JsonElement element)
    {
        var json = BinaryData.FromString(element.GetRawText());
        if (element.TryGetProperty("specversion", out _))
        {
            var cloudEvent = CloudEvent.Parse(json, skipValidation: true) ?? throw new FormatException();
            return new IncomingEvent(
                cloudEvent.Type ?? throw new FormatException(),
                cloudEvent.Time ?? throw new FormatException(),
                cloudEvent.TryGetSystemEventData(out var data) ? data : null,
                cloudEvent.Data);
        }

        var gridEvent = EventGridEvent.Parse(json);
        return new IncomingEvent(
            gridEvent.EventType, gridEvent.EventTime, gridEvent.TryGetSystemEventData(out var systemData) ? systemData : null, gridEvent.Data);
    }

    /// <summary>A ringing phone's event is not worth losing for a field beside it (<c>dataVersion</c>, <c>topic</c>) or one within that has another type.</summary>
    private static IncomingEvent? ReadTolerantly(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object) return null;
        var type = element.Text("eventType") ?? element.Text("type");
        if (type is null || !element.TryGetProperty("data", out var data)) return null;
        var at = DateTimeOffset.TryParse(
            element.Text("eventTime") ?? element.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        return new IncomingEvent(type, at, null, BinaryData.FromString(data.GetRawText()));
    }
}
