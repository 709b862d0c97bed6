using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Writes <c>session.update</c> of the Voice Live API (2026-07-15) from a profile and what differs from call to call.</summary>
internal static class SessionUpdate
{
    private const string TurnDetection = "turn_detection";

    /// <summary>The complete session.</summary>
    /// <param name="profile">Who answers.</param>
    /// <param name="target">What the session was opened to. Its model decides on the transcription; agents bring their own instructions, and
    /// according to the API reference those of a session are not supported with them.</param>
    /// <param name="tools">What the model may call.</param>
    /// <param name="served">What the service runs itself, as the profile has it.</param>
    /// <param name="interruptible">False while the greeting is to be heard out.</param>
    /// <param name="call">Its audio is the session's, and its id is noted in the service's own logs.</param>
    public static ReadOnlyMemory<byte> Update(
        AgentProfile profile, SessionTarget target, IEnumerable<AIFunction> tools, IEnumerable<JsonElement> served, bool interruptible, CallFacts call)
    {
        var session = JsonObject.Create(profile.Session)!;
        session["input_audio_format"] = call.Audio.Name;
        session["output_audio_format"] = call.Audio.Name;
        session["input_audio_sampling_rate"] = call.Audio.SampleRate;
        if (target.IsAgent)
            session.Remove("instructions");
        if (!interruptible && session[TurnDetection] is JsonObject detection)
            detection["interrupt_response"] = false;
        if (!profile.TranscriptionChosen)
            session["input_audio_transcription"] = ProfileSession.DefaultTranscription(target.Model, profile.Languages);
        session["tools"] = new JsonArray([.. tools.Select(Describe), .. served.Select(tool => JsonObject.Create(tool))]);
        var metadata = session["metadata"] as JsonObject ?? [];
        metadata["call_id"] = call.CallId;
        session["metadata"] = metadata;
        return Write(session);
    }

    /// <summary>Only the turn detection: the greeting has been heard, from now on the caller may interrupt.</summary>
    public static ReadOnlyMemory<byte> AllowInterruption(AgentProfile profile) =>
        Write(profile.Session.TryGetProperty(TurnDetection, out var detection) ? new JsonObject { [TurnDetection] = JsonObject.Create(detection) } : []);

    private static JsonObject Describe(AIFunction tool) => new()
    {
        ["type"] = "function", ["name"] = tool.Name, ["description"] = tool.Description, ["parameters"] = JsonNode.Parse(tool.JsonSchema.GetRawText()),
    };

    private static ReadOnlyMemory<byte> Write(JsonObject session) => ClientEvents.Write("session.update", json =>
    {
        json.WritePropertyName("session");
        session.WriteTo(json);
    });
}
