using System.Text.Json;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>What a request body held.</summary>
/// <param name="Events">Every event that concerns us and could be read, in order.</param>
/// <param name="Malformed">What was wrong with others, or with the body as a whole.</param>
/// <param name="Readable">Whether the body was JSON at all: otherwise nobody knows what was in it.</param>
internal sealed record EventBatch<T>(IReadOnlyList<T> Events, IReadOnlyList<string> Malformed, bool Readable);

/// <summary>Bodies of events as Azure posts them: an array, often of several, or a single object.</summary>
internal static class EventBody
{
    /// <summary>So many events of a body may be unreadable; with them it ends. Azure's own are not, and each costs an exception and a line in the log.</summary>
    internal const int MaxMalformedEvents = 50;

    /// <summary>
    /// Reads each event by itself: one that cannot be read does not spoil the others, one of which may be a ringing phone. <paramref name="read"/> gives the event, or what
    /// is wrong with it, or neither for one that does not concern us; what it throws is wrong, too. Never throws.
    /// </summary>
    public static EventBatch<T> Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, (T? Event, string? Wrong)> read)
        where T : class
    {
        var events = new List<T>();
        var malformed = new List<string>();
        try
        {
            using var json = JsonDocument.Parse(body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body);
            IEnumerable<JsonElement> elements = json.RootElement.ValueKind is JsonValueKind.Array ? json.RootElement.EnumerateArray() : [json.RootElement];
            foreach (var (index, element) in elements.Index())
            {
                if (malformed.Count == MaxMalformedEvents) break;
                var (item, wrong) = Try(element, read);
                if (item is not null) events.Add(item);
                if (wrong is not null) malformed.Add($"event {index}: {wrong}");
            }

            return new EventBatch<T>(events, malformed, Readable: true);
        }
        catch (JsonException exception)
        {
            malformed.Add($"the body is not JSON (line {exception.LineNumber}, byte {exception.BytePositionInLine})");
            return new EventBatch<T>(events, malformed, Readable: false);
        }
    }

    /// <summary>The text of a property; null where it has none. Throws for text that is no text (half a surrogate pair, bytes that are not UTF-8).</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    /// <summary>The object of a property; null where it has none.</summary>
    public static JsonElement? Child(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    private static (T? Event, string? Wrong) Try<T>(JsonElement element, Func<JsonElement, (T? Event, string? Wrong)> read)
    {
        try
        {
            return read(element);
        }
        catch (Exception exception)
        {
            // Its type tells enough, its message may quote the payload.
            return (default, exception.GetType().Name);
        }
    }
}
