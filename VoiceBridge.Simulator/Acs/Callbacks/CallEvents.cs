using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.Acs.Callbacks;

/// <summary>Makes the CloudEvents of one call connection.</summary>
internal sealed class CallEvents(string callConnectionId, string serverCallId, string correlationId, TimeProvider time)
{
    private int _sequence;

    internal JsonObject CallConnected(string? context) => Make("CallConnected", context, Result(200, 0, ""));

    internal JsonObject AnswerFailed(string? context) => Make("AnswerFailed", context, Result(500, 8501, "Action failed, the call could not be answered."));

    internal JsonObject CallDisconnected(string? context, string why) => Make("CallDisconnected", context, Result(200, 0, why));

    /// <summary>Has no operation context, and the whole list each time.</summary>
    internal JsonObject ParticipantsUpdated(params string[] numbers)
    {
        var made = Make("ParticipantsUpdated", null, Result(200, 0, ""));
        var data = made["data"]!.AsObject();
        data["participants"] = new JsonArray([.. numbers.Select(n => new JsonObject
        {
            ["identifier"] = Identifiers.Phone(n),
            ["isMuted"] = false,
            ["isOnHold"] = false,
        })]);
        data["sequenceNumber"] = Interlocked.Increment(ref _sequence);
        return made;
    }

    internal JsonObject MediaStreaming(string what, string details, string? context, int code = 200, int subCode = 0, string message = "Action completed successfully.")
    {
        var made = Make($"MediaStreaming{what}", context, Result(code, subCode, message));
        made["data"]!["mediaStreamingUpdate"] = new JsonObject
        {
            ["contentType"] = "Audio",
            ["mediaStreamingStatus"] = $"mediaStreaming{what}",
            ["mediaStreamingStatusDetails"] = details,
        };
        return made;
    }

    internal JsonObject TransferAccepted(string? context, string target, string transferee)
    {
        var made = Make("CallTransferAccepted", context, Result(200, 0, ""));
        made["data"]!["transferTarget"] = Identifiers.Phone(target);
        made["data"]!["transferee"] = Identifiers.Phone(transferee);
        return made;
    }

    internal JsonObject TransferFailed(string? context) => Make("CallTransferFailed", context, Result(486, 560486, "The target did not accept the call."));

    private static JsonObject Result(int code, int subCode, string message) => new()
    {
        ["code"] = code,
        ["subCode"] = subCode,
        ["message"] = message,
    };

    private JsonObject Make(string type, string? context, JsonObject result)
    {
        var source = $"calling/callConnections/{callConnectionId}";
        var data = new JsonObject
        {
            ["callConnectionId"] = callConnectionId,
            ["serverCallId"] = serverCallId,
            ["correlationId"] = correlationId,
            ["version"] = "2026-03-12",
            ["publicEventType"] = $"Microsoft.Communication.{type}",
            ["resultInformation"] = result,
        };
        if (context is not null) data["operationContext"] = context;
        return new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString(),
            ["source"] = source,
            ["type"] = $"Microsoft.Communication.{type}",
            ["data"] = data,
            ["time"] = time.GetUtcNow().ToString("O"),
            ["specversion"] = "1.0",
            ["datacontenttype"] = "application/json",
            ["subject"] = source,
        };
    }
}
