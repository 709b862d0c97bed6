using System.Text.Json.Nodes;
using VoiceBridge.Simulator.Acs;

namespace VoiceBridge.Simulator.EventGrid;

/// <summary>One event, in either schema.</summary>
internal sealed record EventGridEvent(string Type, string Subject, JsonObject Data, DateTimeOffset Time, string DataVersion = "1.0")
{
    internal string Id { get; } = Guid.NewGuid().ToString();

    internal static EventGridEvent IncomingCall(SimulatedCall call)
    {
        var plan = call.Plan;
        var data = new JsonObject
        {
            ["to"] = Identifiers.Phone(plan.To),
            ["from"] = Identifiers.Phone(plan.From),
            ["serverCallId"] = call.ServerCallId,
            ["callerDisplayName"] = "",
            ["customContext"] = new JsonObject
            {
                ["sipHeaders"] = new JsonObject([.. plan.SipHeaders.Select(h => KeyValuePair.Create(h.Key, (JsonNode?)h.Value))]),
                ["voipHeaders"] = new JsonObject(),
            },
            ["incomingCallContext"] = call.Context,
            ["correlationId"] = call.CorrelationId,
        };
        return new("Microsoft.Communication.IncomingCall", $"/caller/{Identifiers.RawId(plan.From)}/recipient/{Identifiers.RawId(plan.To)}", data, call.RangAt);
    }

    internal JsonObject InEventGridSchema(string topic) => new()
    {
        ["id"] = Id,
        ["topic"] = topic,
        ["subject"] = Subject,
        ["data"] = Data.DeepClone(),
        ["eventType"] = Type,
        ["dataVersion"] = DataVersion,
        ["metadataVersion"] = "1",
        ["eventTime"] = Time.UtcDateTime.ToString("O"),
    };

    internal JsonObject InCloudEventsSchema(string source) => new()
    {
        ["specversion"] = "1.0",
        ["type"] = Type,
        ["source"] = source,
        ["id"] = Id,
        ["time"] = Time.UtcDateTime.ToString("O"),
        ["subject"] = Subject,
        ["datacontenttype"] = "application/json",
        ["data"] = Data.DeepClone(),
    };
}
