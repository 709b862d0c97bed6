using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>One response, from its creation to its <c>response.done</c>.</summary>
internal sealed class ActiveResponse(string id, JsonNode? metadata, VoiceLiveFault? fault)
{
    internal string Id { get; } = id;

    internal JsonNode? Metadata { get; } = metadata;

    /// <summary>What goes wrong with it.</summary>
    internal VoiceLiveFaultKind Fault => fault?.Kind ?? VoiceLiveFaultKind.None;

    internal bool WithoutOutput => Fault is VoiceLiveFaultKind.ResponseFails or VoiceLiveFaultKind.ResponseIncomplete or VoiceLiveFaultKind.ResponseEmpty;

    internal CancellationTokenSource Stop { get; } = new();

    internal Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Done when its <c>response.created</c> was sent.</summary>
    internal TaskCompletionSource Announced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string? Reason { get; set; }

    internal SimulatedItem? Item { get; set; }

    internal long Began { get; set; }

    /// <summary>The <c>status_details</c> of its end.</summary>
    internal JsonObject? Details(string status) => status switch
    {
        "cancelled" => new JsonObject { ["type"] = "cancelled", ["reason"] = Reason },
        "incomplete" => new JsonObject { ["type"] = "incomplete", ["reason"] = fault!.Code },
        "failed" => new JsonObject
        {
            ["type"] = "failed",
            ["error"] = new JsonObject { ["type"] = fault!.Type, ["code"] = fault.Code is { Length: > 0 } code ? code : null, ["message"] = fault.Message },
        },
        _ => null,
    };
}
