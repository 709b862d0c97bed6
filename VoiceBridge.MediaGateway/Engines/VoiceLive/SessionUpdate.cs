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
        AgentProfile profile, SessionTarget target, IEnumerable<AIFunction> tools, IEnumerable<JsonElement> served, bool interruptible, CallFacts call) =>
        ClientEvents.Write("session.update", json =>
        {
            json.WriteStartObject("session");
            json.WriteString("input_audio_format", call.Audio.Name);
            json.WriteNumber("input_audio_sampling_rate", call.Audio.SampleRate);
            json.WriteString("output_audio_format", call.Audio.Name);
            foreach (var field in profile.Session.EnumerateObject())
            {
                if (field.NameEquals(TurnDetection))
                    WriteTurnDetection(json, field.Value, interruptible);
                else if (!field.NameEquals("tools") && !field.NameEquals("metadata") && !(target.IsAgent && field.NameEquals("instructions")))
                    field.WriteTo(json);
            }
            if (!profile.TranscriptionChosen)
            {
                json.WritePropertyName("input_audio_transcription");
                ProfileSession.DefaultTranscription(target.Model, profile.Languages).WriteTo(json);
            }
            WriteTools(json, tools, served);
            WriteMetadata(json, profile.Session, call.CallId);
            json.WriteEndObject();
        });

    /// <summary>Only the turn detection: the greeting has been heard, from now on the caller may interrupt.</summary>
    public static ReadOnlyMemory<byte> AllowInterruption(AgentProfile profile) => ClientEvents.Write("session.update", json =>
    {
        json.WriteStartObject("session");
        if (profile.Session.TryGetProperty(TurnDetection, out var detection))
            WriteTurnDetection(json, detection, interruptible: true);
        json.WriteEndObject();
    });

    private static void WriteTurnDetection(Utf8JsonWriter json, JsonElement detection, bool interruptible)
    {
        json.WritePropertyName(TurnDetection);
        if (interruptible || detection.ValueKind != JsonValueKind.Object)
        {
            detection.WriteTo(json);
            return;
        }
        var held = JsonObject.Create(detection)!;
        held["interrupt_response"] = false;
        held.WriteTo(json);
    }

    private static void WriteTools(Utf8JsonWriter json, IEnumerable<AIFunction> tools, IEnumerable<JsonElement> served)
    {
        json.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("type", "function");
            json.WriteString("name", tool.Name);
            json.WriteString("description", tool.Description);
            json.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(json);
            json.WriteEndObject();
        }
        foreach (var tool in served)
            tool.WriteTo(json);
        json.WriteEndArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, JsonElement session, string callId)
    {
        json.WriteStartObject("metadata");
        if (session.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object)
        {
            foreach (var pair in metadata.EnumerateObject())
            {
                if (!pair.NameEquals("call_id"))
                    pair.WriteTo(json);
            }
        }
        json.WriteString("call_id", callId);
        json.WriteEndObject();
    }
}
