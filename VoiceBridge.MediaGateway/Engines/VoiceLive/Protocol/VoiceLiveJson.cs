using System.Text.Json;
using System.Text.Json.Serialization;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>Generated readers of the events; all of the API's JSON is snake_case.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.General,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    MaxDepth = 32)]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(SessionUpdated))]
[JsonSerializable(typeof(ErrorEvent))]
[JsonSerializable(typeof(WarningEvent))]
[JsonSerializable(typeof(SpeechStarted))]
[JsonSerializable(typeof(SpeechStopped))]
[JsonSerializable(typeof(InputCommitted))]
[JsonSerializable(typeof(ItemCreated))]
[JsonSerializable(typeof(ItemTruncated))]
[JsonSerializable(typeof(InputTranscriptionDelta))]
[JsonSerializable(typeof(InputTranscriptionCompleted))]
[JsonSerializable(typeof(InputTranscriptionFailed))]
[JsonSerializable(typeof(ResponseCreated))]
[JsonSerializable(typeof(ResponseDone))]
[JsonSerializable(typeof(OutputItemAdded))]
[JsonSerializable(typeof(OutputItemDone))]
[JsonSerializable(typeof(AudioTranscriptDelta))]
[JsonSerializable(typeof(AudioTranscriptDone))]
[JsonSerializable(typeof(AudioDone))]
[JsonSerializable(typeof(FunctionArgumentsDelta))]
[JsonSerializable(typeof(FunctionArgumentsDone))]
internal sealed partial class VoiceLiveJson : JsonSerializerContext;
