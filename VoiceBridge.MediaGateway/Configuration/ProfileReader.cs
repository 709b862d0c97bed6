using System.Text.Json;
using System.Text.Json.Nodes;

namespace VoiceBridge.MediaGateway.Configuration;

/// <summary>Reads one <c>Agents:&lt;name&gt;</c> section. The defaults are for the telephone: semantic turn
/// detection that the caller can interrupt, echo cancellation, noise suppression and transcription.</summary>
internal static class ProfileReader
{
    private const string DefaultInstructions =
        "You answer the telephone. Be friendly, short and clear: one or two sentences at a time, no lists, no formatting. "
        + "Say numbers and dates as one says them aloud. If you did not understand, ask. "
        + "When the caller has everything and says goodbye, say goodbye and end the call.";

    /// <summary>Fields that the call's phone decides. Who names what they are for most phones is not told off.</summary>
    private static readonly (string Field, string Value)[] OfThePhone =
    [
        ("input_audio_format", "\"pcm16\""), ("input_audio_sampling_rate", "24000"), ("output_audio_format", "\"pcm16\""),
    ];

    public static AgentProfile Read(string name, SettingReader reader, SilencePlan? silence)
    {
        var isDefault = name.Equals(AgentProfile.DefaultName, StringComparison.OrdinalIgnoreCase);
        var languages = reader.List("Languages");
        foreach (var language in languages)
        {
            if (language.Length > 20 || !language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                reader.Wrong("Languages", $"must hold language tags such as en-US, not '{language}'");
        }
        var english = languages.Count == 0 || languages[0].StartsWith("en", StringComparison.OrdinalIgnoreCase);
        var agentName = reader.Text("AgentName", 200);
        var projectName = reader.Text("ProjectName", 200);
        if (agentName is not null && projectName is null)
            reader.Wrong("ProjectName", "is missing: AgentName needs it");

        var transcription = reader.Section("Transcription");
        var extra = reader.Json("Session");
        var session = ReadSession(reader, languages, agentName is not null, isDefault, extra, transcription);
        var transfer = reader.Section("Transfer");
        var profile = new AgentProfile
        {
            Name = name,
            Numbers = ReadNumbers(reader),
            Languages = languages,
            Session = JsonSerializer.SerializeToElement(session),
            Greeting = ReadGreeting(reader, isDefault && english),
            Silence = SilencePlan.Read(reader.Section("Silence"), silence ?? (english ? SilencePlan.English : new SilencePlan())),
            Tools = reader.Has("Tools") ? reader.List("Tools") : null,
            MayEndCall = reader.Flag("MayEndCall") ?? true,
            TransfersFromWeb = transfer.Flag("FromWeb") ?? false,
            TransferNumbers = ReadTransferNumbers(transfer),
            EndCallInterruptible = ReadFlag(reader.Section("EndCall"), "Interruptible") ?? true,
            Working = WorkingPlan.Read(reader),
            DtmfGap = ReadDtmfGap(reader),
            Model = reader.Text("Model", 200),
            AgentName = agentName,
            ProjectName = projectName,
            AgentVersion = reader.Text("AgentVersion", 100),
            TranscriptionChosen = transcription.Exists || (extra as JsonObject)?.ContainsKey("input_audio_transcription") == true,
        };
        reader.RejectTheRest();
        return profile;
    }

    private static bool? ReadFlag(SettingReader section, string key)
    {
        var flag = section.Flag(key);
        section.RejectTheRest();
        return flag;
    }

    /// <summary><c>Dtmf:Gap</c>, once called <c>KeyGap</c>.</summary>
    private static TimeSpan ReadDtmfGap(SettingReader reader)
    {
        var (shortest, longest) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10));
        var section = reader.Section("Dtmf");
        var gap = section.Duration("Gap", shortest, longest) ?? reader.Duration("KeyGap", shortest, longest);
        section.RejectTheRest();
        return gap ?? TimeSpan.FromSeconds(1.5);
    }

    private static JsonObject ReadSession(
        SettingReader reader, IReadOnlyList<string> languages, bool isAgent, bool isDefault, JsonNode? extra, SettingReader transcription)
    {
        var session = new JsonObject { ["modalities"] = new JsonArray("text", "audio") };
        var instructions = reader.Text("Instructions", 100_000);
        // Agents bring their own instructions; the service refuses others.
        if (isAgent && instructions is not null)
            reader.Wrong("Instructions", "cannot be combined with AgentName: the agent has its own");
        else if (!isAgent && string.IsNullOrWhiteSpace(instructions) && !isDefault && extra?["instructions"] is null)
            reader.Wrong("Instructions", "is missing");
        else if (!isAgent)
            session["instructions"] = string.IsNullOrWhiteSpace(instructions) ? DefaultInstructions : instructions;

        session["voice"] = Voice.Read(reader.Section("Voice"));
        session["input_audio_noise_reduction"] = InputAudioSettings.ReadNoiseReduction(reader);
        session["input_audio_echo_cancellation"] = InputAudioSettings.ReadEchoCancellation(reader.Section("EchoCancellation"));
        if (transcription.Exists)
            session["input_audio_transcription"] = InputAudioSettings.ReadTranscription(transcription);
        session["turn_detection"] = TurnDetection.Read(reader.Section("TurnDetection"), languages);
        GenerationSettings.Read(reader, session);

        if (extra is JsonObject raw)
            MergeRaw(reader, session, raw);
        else if (extra is not null)
            reader.Wrong("Session", "must be a JSON object");
        return session;
    }

    private static void MergeRaw(SettingReader reader, JsonObject session, JsonObject raw)
    {
        if (raw.ContainsKey("model"))
            reader.Wrong("Session:model", "cannot be set here: the model is chosen when connecting (Model)");
        foreach (var (field, value) in OfThePhone)
        {
            if (raw.TryGetPropertyValue(field, out var given) && given?.ToJsonString() != value)
                reader.Wrong($"Session:{field}", "cannot be set here: audio passes through the gateway unchanged, so it is the phone's");
            raw.Remove(field);
        }
        ServedTools.Check(reader, raw["tools"]);
        ConfiguredJson.Merge(session, raw);
        if (session["turn_detection"]?["auto_truncate"]?.ToJsonString() is not (null or "false"))
            reader.Wrong("Session:turn_detection:auto_truncate", TurnDetection.NoAutoTruncate);
    }

    private static Greeting? ReadGreeting(SettingReader reader, bool hasBuiltIn)
    {
        var section = reader.Section("Greeting");
        if (section.Value is { } text)
            return text.Length == 0 || section.IsOff ? null : new Greeting(text, null, false);
        var greeting = new Greeting(section.Text("Text", 2_000), section.Text("Instructions", 2_000), section.Flag("Interruptible") ?? false);
        section.RejectTheRest();
        if (greeting.Text is not null || greeting.Instructions is not null)
            return greeting;
        return hasBuiltIn
            ? greeting with { Text = "Hello! How can I help you?" }
            : greeting with { Instructions = "Greet the caller in one short sentence and ask how you can help." };
    }

    private static IReadOnlyList<string> ReadNumbers(SettingReader reader)
    {
        var numbers = reader.List("Numbers");
        foreach (var number in numbers)
        {
            if (!PhoneNumbers.IsE164(number) && !PhoneNumbers.IsRawId(number))
                reader.Wrong("Numbers", $"must hold numbers such as +14255550100 or raw ids such as 28:orgid:<guid>, not '{number}'");
        }
        return numbers;
    }

    private static IReadOnlyDictionary<string, string> ReadTransferNumbers(SettingReader reader)
    {
        var numbers = reader.Map("Numbers");
        foreach (var (name, number) in numbers)
        {
            if (!PhoneNumbers.IsE164(number) && !PhoneNumbers.IsRawId(number))
                reader.Wrong($"Numbers:{name}", $"must be a number such as +14255550100 or a raw id such as 8:acs:<id>, not '{number}'");
        }
        reader.RejectTheRest();
        return numbers;
    }
}
