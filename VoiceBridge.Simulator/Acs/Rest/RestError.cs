using System.Text.Json.Nodes;

namespace VoiceBridge.Simulator.Acs.Rest;

/// <summary>A refusal in the shape of <c>CommunicationErrorResponse</c>.</summary>
internal sealed record RestError(int Status, string Code, string Message)
{
    internal static RestError BadRequest(string message) => new(400, "BadRequest", message);

    internal static RestError NoSuchCall { get; } = new(404, "8522", "Call not found.");

    internal static RestError ContextGone { get; } = new(400, "8523", "The incoming call context is unknown, expired or was already used.");

    internal RestResult ToResult() => new(Status, new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = Code,
            ["message"] = Message,
            ["target"] = null,
            ["details"] = new JsonArray(),
            ["innererror"] = null,
        },
    }.ToJsonString());
}

/// <summary>A response: status, and the JSON body if there is one.</summary>
internal sealed record RestResult(int Status, string? Body = null);
