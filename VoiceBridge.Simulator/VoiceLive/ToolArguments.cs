using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Makes arguments for a tool from its schema and what the caller said.</summary>
internal static partial class ToolArguments
{
    private static readonly (string Word, char Digit)[] Digits =
    [
        ("zero", '0'), ("one", '1'), ("two", '2'), ("three", '3'), ("four", '4'), ("five", '5'), ("six", '6'), ("seven", '7'), ("eight", '8'), ("nine", '9'),
    ];

    internal static string Make(JsonObject tool, string said)
    {
        var arguments = new JsonObject();
        if (tool["parameters"] is JsonObject schema && schema["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties) arguments[name] = Value(name, property as JsonObject, said);
        }
        return arguments.ToJsonString();
    }

    private static JsonNode? Value(string name, JsonObject? property, string said)
    {
        if (property?["enum"] is JsonArray { Count: > 0 } choices) return choices[0]!.DeepClone();
        var type = property?["type"] switch { JsonValue v => (string?)v, JsonArray a => (string?)a.FirstOrDefault(), _ => null };
        var number = Number(said);
        return type switch
        {
            "integer" or "number" => number.Length is > 0 and < 10 ? int.Parse(number, System.Globalization.CultureInfo.InvariantCulture) : 1,
            "boolean" => true,
            "array" => new JsonArray(),
            "object" => new JsonObject(),
            _ when number.Length > 0 && Regex.IsMatch(name, "id|number|order|code", RegexOptions.IgnoreCase) => number,
            _ when Place().Match(said) is { Success: true } place => place.Groups[1].Value,
            _ => said,
        };
    }

    private static string Number(string said)
    {
        var digits = Spoken().Matches(said).Select(m => char.IsDigit(m.Value[0]) ? m.Value[0] : Digits.First(d => d.Word.Equals(m.Value, StringComparison.OrdinalIgnoreCase)).Digit);
        return string.Concat(digits);
    }

    [GeneratedRegex(@"\b(zero|one|two|three|four|five|six|seven|eight|nine)\b|[0-9]", RegexOptions.IgnoreCase)]
    private static partial Regex Spoken();

    [GeneratedRegex(@"\bin ([A-Z]\w+)")]
    private static partial Regex Place();
}
