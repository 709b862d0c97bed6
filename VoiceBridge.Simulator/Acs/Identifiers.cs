using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.Acs;

/// <summary>Communication identifiers as ACS writes them.</summary>
internal static class Identifiers
{
    private const string TeamsPrefix = "28:orgid:";

    /// <summary>
    /// A phone number; <c>anonymous</c> is a withheld one; what starts with <c>8:acs:</c> is a communication user, and with <c>28:orgid:</c> a resource account of Teams Phone, which
    /// has a raw id and nothing else (azure-docs, teams-phone-extensibility-answer-teams-calls).
    /// </summary>
    internal static JsonObject Phone(string number) => number.StartsWith(TeamsPrefix, StringComparison.Ordinal)
        ? new JsonObject { ["kind"] = "unknown", ["rawId"] = number }
        : number.StartsWith("8:acs:", StringComparison.Ordinal)
        ? new JsonObject
        {
            ["kind"] = "communicationUser",
            ["rawId"] = number,
            ["communicationUser"] = new JsonObject { ["id"] = number },
        }
        : new JsonObject
        {
            ["kind"] = "phoneNumber",
            ["rawId"] = RawId(number),
            ["phoneNumber"] = new JsonObject { ["value"] = number },
        };

    internal static string RawId(string number) =>
        number.StartsWith("8:acs:", StringComparison.Ordinal) || number.StartsWith(TeamsPrefix, StringComparison.Ordinal) ? number : $"4:{number}";

    /// <summary>The number or id in an identifier that a client sent, or null when it names nobody.</summary>
    internal static string? Read(System.Text.Json.JsonElement identifier)
    {
        if (identifier.ValueKind != System.Text.Json.JsonValueKind.Object) return null;
        if (identifier.TryGetProperty("phoneNumber", out var phone)) return Rest.AnswerRequest.Text(phone, "value");
        if (identifier.TryGetProperty("communicationUser", out var user)) return Rest.AnswerRequest.Text(user, "id");
        var raw = Rest.AnswerRequest.Text(identifier, "rawId");
        return raw?.StartsWith("4:", StringComparison.Ordinal) == true ? raw[2..] : raw;
    }
}
