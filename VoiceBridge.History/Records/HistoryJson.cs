using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using VoiceBridge.Cluster.Calls;
using VoiceBridge.Cluster.Transcripts;

namespace VoiceBridge.History.Records;

/// <summary>Documents in the database: read by later versions, so only ever add properties.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(IReadOnlyList<CallEvent>))]
[JsonSerializable(typeof(IReadOnlyList<Turn>))]
internal sealed partial class HistoryJson : JsonSerializerContext
{
    // Letters of all languages as they are: the text is not part of a page.
    private static HistoryJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(IReadOnlyList<CallEvent> events) => JsonSerializer.Serialize(events, Plain.IReadOnlyListCallEvent);

    public static string Write(IReadOnlyList<Turn> turns) => JsonSerializer.Serialize(turns, Plain.IReadOnlyListTurn);

    public static IReadOnlyList<CallEvent> ReadEvents(string json) => JsonSerializer.Deserialize(json, Plain.IReadOnlyListCallEvent) ?? [];

    public static IReadOnlyList<Turn> ReadTurns(string json) => JsonSerializer.Deserialize(json, Plain.IReadOnlyListTurn) ?? [];
}
