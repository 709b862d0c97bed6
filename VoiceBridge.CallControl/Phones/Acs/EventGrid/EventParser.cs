using System.Globalization;
using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.EventGrid;

namespace VoiceBridge.CallControl.Phones.Acs.EventGrid;

/// <summary>
/// Reads a webhook body: Event Grid's own schema or CloudEvents 1.0, an array (Event Grid sends one even for one event) or a single
/// object, mixed if need be. Each event is parsed by itself: one that cannot be read does not spoil the others, one of which may be
/// a ringing phone. Never throws.
/// </summary>
internal static class EventParser
{
    /// <summary>So many events of a body may be unreadable; with them it ends. Event Grid's own are not, and each costs an exception and a line in the log.</summary>
    internal const int MaxMalformedEvents = 50;

    public static EventBatch Parse(ReadOnlyMemory<byte> body)
    {
        var events = new List<IncomingEvent>();
        var malformed = new List<string>();
        var readable = true;
        try
        {
            using var json = JsonDocument.Parse(WithoutMark(body));
            if (json.RootElement.ValueKind is JsonValueKind.Array)
            {
                var index = 0;
                foreach (var element in json.RootElement.EnumerateArray())
                {
                    if (malformed.Count == MaxMalformedEvents) break;
                    Add(element, index++);
                }
            }
            else
            {
                Add(json.RootElement, 0);
            }
        }
        catch (JsonException exception)
        {
            malformed.Add($"the body is not JSON (line {exception.LineNumber}, byte {exception.BytePositionInLine})");
            readable = false;
        }

        return new EventBatch(events, malformed) { Readable = readable };

        void Add(JsonElement element, int index)
        {
            try
            {
                events.Add(Read(element));
            }
            catch (Exception exception)
            {
                // Whatever the package throws at this input: its type tells enough, its message may quote the payload.
                malformed.Add($"event {index}: {exception.GetType().Name}");
            }
        }
    }

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
        var type = String(element, "eventType") ?? String(element, "type");
        if (type is null || !element.TryGetProperty("data", out var data)) return null;
        var at = DateTimeOffset.TryParse(
            String(element, "eventTime") ?? String(element, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
        return new IncomingEvent(type, at, null, BinaryData.FromString(data.GetRawText()));
    }

    private static string? String(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) => body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;
}
