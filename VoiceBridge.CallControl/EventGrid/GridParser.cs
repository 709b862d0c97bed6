using System.Text.Json;
using Azure.Messaging;
using Azure.Messaging.EventGrid;

namespace VoiceBridge.CallControl.EventGrid;

/// <summary>
/// Reads a webhook body: Event Grid's own schema or CloudEvents 1.0, an array (Event Grid sends one even for one event) or a single
/// object, mixed if need be. Each event is parsed by itself: one that cannot be read does not spoil the others, one of which may be
/// a ringing phone. Never throws.
/// </summary>
internal static class GridParser
{
    /// <summary>So many events of a body may be unreadable; with them it ends. Event Grid's own are not, and each costs an exception and a line in the log.</summary>
    internal const int MostMalformed = 50;

    public static GridBatch Parse(ReadOnlyMemory<byte> body)
    {
        var events = new List<GridEvent>();
        var malformed = new List<string>();
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is JsonValueKind.Array)
            {
                var index = 0;
                foreach (var element in json.RootElement.EnumerateArray())
                {
                    if (malformed.Count == MostMalformed) break;
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
        }

        return new GridBatch(events, malformed);

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

    private static GridEvent Read(JsonElement element)
    {
        var json = BinaryData.FromString(element.GetRawText());
        if (element.TryGetProperty("specversion", out _))
        {
            var cloudEvent = CloudEvent.Parse(json, skipValidation: true) ?? throw new FormatException();
            return new GridEvent(
                cloudEvent.Type ?? throw new FormatException(),
                cloudEvent.Time ?? throw new FormatException(),
                cloudEvent.TryGetSystemEventData(out var data) ? data : null,
                cloudEvent.Data);
        }

        var gridEvent = EventGridEvent.Parse(json);
        return new GridEvent(
            gridEvent.EventType, gridEvent.EventTime, gridEvent.TryGetSystemEventData(out var systemData) ? systemData : null, gridEvent.Data);
    }
}
