using System.Text.Json;
using System.Text.Json.Serialization;

namespace VoiceBridge.Testing.Clusters;

/// <summary>
/// Calls that took place in a running system, with the simulated phone networks and agent, and what the product wrote of them: pages are tested with nothing else.
/// <c>eng/calls.sh</c> makes them anew.
/// </summary>
public sealed record RecordedCalls(DateTimeOffset At, IReadOnlyList<RecordedCall> Calls)
{
    private const string Resource = "recorded-calls.json";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };
    private static readonly Lazy<RecordedCalls> Kept = new(Read);

    /// <summary>The calls of the recording, as if it had been made at <paramref name="now"/>.</summary>
    public static IReadOnlyList<RecordedCall> As(DateTimeOffset now) => [.. Kept.Value.Calls.Select(call => call.Later(now - Kept.Value.At))];

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");

    private static RecordedCalls Read()
    {
        using var stream = typeof(RecordedCalls).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is missing.");
        return JsonSerializer.Deserialize<RecordedCalls>(stream, Json)!;
    }
}
