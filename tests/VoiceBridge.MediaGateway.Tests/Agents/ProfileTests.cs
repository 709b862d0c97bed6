using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;
using VoiceBridge.MediaGateway.Engines.VoiceLive;

namespace VoiceBridge.MediaGateway.Tests.Agents;

public sealed class ProfileTests
{
    private static readonly Dictionary<string, string?> FiveMistakes = new()
    {
        ["Agents:sales:Temperature"] = "hot",
        ["Agents:sales:TurnDetection:Type"] = "telepathy",
        ["Agents:sales:Numbers:0"] = "0800 CALL",
        ["Agents:sales:Tools:0"] = "no_such_tool",
        ["Agents:sales:Gretting"] = "Hi",
        ["Agents:sales:Instructions"] = "Sell.",
    };

    private static readonly string[] TheFive =
    [
        "Agents:sales:Temperature", "Agents:sales:TurnDetection:Type", "Agents:sales:Numbers", "Agents:sales:Tools", "Agents:sales:Gretting",
    ];

    [Fact]
    public void Profile_WithFiveMistakes_NamesAllFive()
    {
        var errors = Assert.Throws<OptionsValidationException>(() => Monitor(FiveMistakes)).Failures.ToList();

        Assert.Equal(5, errors.Count);
        Assert.All(TheFive, setting => Assert.Contains(errors, error => error.StartsWith(setting, StringComparison.Ordinal)));
    }

    [Fact]
    public void NoConfigurationAtAll_GivesAnAgentThatGreets()
    {
        using var monitor = Monitor([]);

        var profile = monitor.Choose(null, "+14255550100");

        Assert.Equal("default", profile.Name);
        Assert.NotNull(profile.Greeting?.Text);
        Assert.False(profile.Greeting.Interruptible);
        Assert.NotEqual("", profile.Session.GetProperty("instructions").GetString());
    }

    [Fact]
    public void DefaultSession_FitsTheTelephone()
    {
        var session = Session([]);

        Assert.Equal("pcm16", session.GetProperty("input_audio_format").GetString());
        Assert.Equal(24_000, session.GetProperty("input_audio_sampling_rate").GetInt32());
        Assert.Equal("pcm16", session.GetProperty("output_audio_format").GetString());
        var detection = session.GetProperty("turn_detection");
        Assert.Equal("azure_semantic_vad", detection.GetProperty("type").GetString());
        Assert.True(detection.GetProperty("interrupt_response").GetBoolean());
        Assert.False(detection.GetProperty("auto_truncate").GetBoolean());
        Assert.Equal("server_echo_cancellation", session.GetProperty("input_audio_echo_cancellation").GetProperty("type").GetString());
        Assert.Equal("azure_deep_noise_suppression", session.GetProperty("input_audio_noise_reduction").GetProperty("type").GetString());
        Assert.Equal("azure-speech", session.GetProperty("input_audio_transcription").GetProperty("model").GetString());
        Assert.Equal("call-1", session.GetProperty("metadata").GetProperty("call_id").GetString());
    }

    [Fact]
    public void Audio_IsThePhones_WhateverTheProfileRepeats()
    {
        var settings = new Dictionary<string, string?> { ["Agents:default:Session:input_audio_format"] = "pcm16", ["Agents:default:Session:input_audio_sampling_rate"] = "24000" };
        var session = Session(settings, new SessionTarget("gpt-4.1"), AudioFormat.MuLaw8k);

        Assert.Equal("g711_ulaw", session.GetProperty("input_audio_format").GetString());
        Assert.Equal(8_000, session.GetProperty("input_audio_sampling_rate").GetInt32());
        Assert.Equal("g711_ulaw", session.GetProperty("output_audio_format").GetString());
        Assert.Single(session.EnumerateObject(), field => field.Name == "input_audio_format");
    }

    [Fact]
    public void RealtimeModel_IsTranscribedByItsOwnKind()
    {
        var session = Session(new() { ["Agents:default:Languages:0"] = "de-DE" }, model: "gpt-realtime-mini");

        Assert.Equal("whisper-1", session.GetProperty("input_audio_transcription").GetProperty("model").GetString());
        Assert.Equal("de", session.GetProperty("input_audio_transcription").GetProperty("language").GetString());
    }

    [Fact]
    public void FormerNames_AreRead()
    {
        var session = Session(new()
        {
            ["Agents:default:Instructions"] = "Be brief.",
            ["Agents:default:Voice:Type"] = "azure-custom",
            ["Agents:default:Voice:Name"] = "ours",
            ["Agents:default:Voice:EndpointId"] = "e-1",
            ["Agents:default:Voice:Rate"] = "1.1",
            ["Agents:default:Languages:0"] = "de-DE",
            ["Agents:default:Languages:1"] = "en-US",
            ["Agents:default:TurnDetection:Threshold"] = "0.6",
            ["Agents:default:TurnDetection:RemoveFillerWords"] = "true",
            ["Agents:default:TurnDetection:EndOfUtterance:TimeoutMs"] = "900",
            ["Agents:default:NoiseReduction"] = "off",
            ["Agents:default:EchoCancellation"] = "off",
            ["Agents:default:Transcription:Model"] = "mai-transcribe",
            ["Agents:default:Transcription:PhraseList:0"] = "Contoso",
            ["Agents:default:Temperature"] = "0.7",
            ["Agents:default:MaxResponseTokens"] = "512",
            ["Agents:default:ReasoningEffort"] = "low",
            ["Agents:default:ParallelToolCalls"] = "false",
            ["Agents:default:ToolChoice"] = "lookup_order",
            ["Agents:default:InterimResponse:Texts:0"] = "One moment.",
            ["Agents:default:InterimResponse:Triggers:0"] = "tool",
            ["Agents:default:Metadata:team"] = "shop",
            ["Agents:default:Session:include:0"] = "item.input_audio_transcription.logprobs",
            ["Agents:default:Session:turn_detection:speech_duration_ms"] = "90",
            ["Agents:default:Session:output_audio_timestamp_types"] = "[\"word\"]",
        });

        Assert.Equal("1.1", session.GetProperty("voice").GetProperty("rate").GetString());
        Assert.Equal("e-1", session.GetProperty("voice").GetProperty("endpoint_id").GetString());
        var detection = session.GetProperty("turn_detection");
        Assert.Equal("azure_semantic_vad_multilingual", detection.GetProperty("type").GetString());
        Assert.Equal(["de", "en"], detection.GetProperty("languages").EnumerateArray().Select(language => language.GetString()));
        Assert.Equal(0.6, detection.GetProperty("threshold").GetDouble());
        Assert.Equal(900, detection.GetProperty("end_of_utterance_detection").GetProperty("timeout_ms").GetInt32());
        Assert.Equal(90, detection.GetProperty("speech_duration_ms").GetInt32());
        Assert.Equal(JsonValueKind.Null, session.GetProperty("input_audio_noise_reduction").ValueKind);
        Assert.Equal(JsonValueKind.Null, session.GetProperty("input_audio_echo_cancellation").ValueKind);
        Assert.Equal("mai-transcribe", session.GetProperty("input_audio_transcription").GetProperty("model").GetString());
        Assert.Equal(512, session.GetProperty("max_response_output_tokens").GetInt32());
        Assert.Equal("lookup_order", session.GetProperty("tool_choice").GetProperty("name").GetString());
        Assert.Equal("static_interim_response", session.GetProperty("interim_response").GetProperty("type").GetString());
        Assert.Equal("shop", session.GetProperty("metadata").GetProperty("team").GetString());
        Assert.Equal("item.input_audio_transcription.logprobs", session.GetProperty("include")[0].GetString());
        Assert.Equal("word", session.GetProperty("output_audio_timestamp_types")[0].GetString());
        Assert.False(session.GetProperty("parallel_tool_calls").GetBoolean());
    }

    [Fact]
    public void WholeSession_CanBeConfigured_InTheWordsOfTheApi()
    {
        const string json = """
            { "Agents": { "default": {
              "Instructions": "Be brief.",
              "Languages": [ "de-DE", "en-US" ],
              "Session": {
                "voice": { "name": "alloy" },
                "turn_detection": { "threshold": 0.6, "silence_duration_ms": 700, "end_of_utterance_detection": { "timeout_ms": 900 } },
                "input_audio_noise_reduction": null,
                "input_audio_transcription": { "model": "mai-transcribe", "phrase_list": [ "Contoso" ] },
                "temperature": 0.7,
                "max_response_output_tokens": "inf",
                "tool_choice": { "type": "function", "name": "lookup_order" },
                "interim_response": { "texts": [ "One moment." ] },
                "tools": [ { "type": "mcp", "server_label": "shop", "require_approval": "never" } ],
                "metadata": { "Cost_Center": "0042" },
                "prompt_of_next_year": { "depth": 3 } } } } }
            """;
        var settings = AgentSettings.Read(new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build(), []);
        var session = settings.Profiles["default"].Session;

        Assert.Equal("""{"type":"openai","name":"alloy"}""", session.GetProperty("voice").GetRawText());
        Assert.Equal(
            """{"type":"azure_semantic_vad_multilingual","create_response":true,"interrupt_response":true,"auto_truncate":false,"languages":["de","en"],"end_of_utterance_detection":{"model":"semantic_detection_v1","timeout_ms":900},"silence_duration_ms":700,"threshold":0.6}""",
            session.GetProperty("turn_detection").GetRawText());
        Assert.Equal(JsonValueKind.Null, session.GetProperty("input_audio_noise_reduction").ValueKind);
        Assert.Equal("""{"type":"server_echo_cancellation"}""", session.GetProperty("input_audio_echo_cancellation").GetRawText());
        Assert.Equal("Contoso", session.GetProperty("input_audio_transcription").GetProperty("phrase_list")[0].GetString());
        Assert.Equal(0.7, session.GetProperty("temperature").GetDouble());
        Assert.Equal("inf", session.GetProperty("max_response_output_tokens").GetString());
        Assert.Equal("lookup_order", session.GetProperty("tool_choice").GetProperty("name").GetString());
        Assert.Equal("static_interim_response", session.GetProperty("interim_response").GetProperty("type").GetString());
        Assert.Equal("shop", Assert.Single(ServedTools.Of(session)).GetProperty("server_label").GetString());
        Assert.Equal("0042", session.GetProperty("metadata").GetProperty("Cost_Center").GetString());
        Assert.Equal(3, session.GetProperty("prompt_of_next_year").GetProperty("depth").GetInt32());
        Assert.StartsWith("Agents:default:Session:prompt_of_next_year is not a setting; there are ", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void FormerName_IsWarnedOf_AndTheNameOfTodayWins()
    {
        var settings = AgentBench.ReadSettings(new Dictionary<string, string?>
        {
            ["Agents:default:Voice"] = "alloy", ["Agents:default:Session:voice:name"] = "sage", ["Agents:default:KeyGap"] = "00:00:03", ["Agents:default:Hold"] = "false",
        });

        Assert.Equal(
            ["Agents:default:KeyGap is called Agents:default:Dtmf:Gap now.", "Agents:default:Voice is called Agents:default:Session:voice now.", "Agents:default:Hold is called Agents:default:Working:After now."],
            settings.Warnings);
        var profile = settings.Profiles["default"];
        Assert.Equal("sage", profile.Session.GetProperty("voice").GetProperty("name").GetString());
        Assert.Equal(TimeSpan.FromSeconds(3), profile.DtmfGap);
        Assert.Equal(TimeSpan.Zero, profile.Working.After);
    }

    [Fact]
    public void SilenceOfAllProfiles_LeavesTheWordsToTheModel_WhereCallersSpeakNoEnglish()
    {
        var settings = AgentBench.ReadSettings(new Dictionary<string, string?>
        {
            ["Silence:AskAfter"] = "00:00:04", ["Agents:berlin:Instructions"] = "Hallo.", ["Agents:berlin:Languages"] = "de-DE", ["Agents:default:Silence:AskText"] = "Hello?",
        });

        Assert.Equal(settings.Profiles["berlin"].Silence with { AskAfter = TimeSpan.FromSeconds(10) }, new SilencePlan());
        Assert.Equal(settings.Profiles["default"].Silence, SilencePlan.English with { AskAfter = TimeSpan.FromSeconds(4), AskText = "Hello?" });
    }

    /// <summary>Each line says what is allowed.</summary>
    [Theory]
    [InlineData("Agents:default:Session:voice:type", "azure-custom", "Agents:default:Session:voice:endpoint_id is missing.")]
    [InlineData("Agents:default:Session:voice:type", "avatar", "Agents:default:Session:voice:type must be one of azure-standard, azure-custom, azure-personal, azure-realtime-native, openai, not 'avatar'.")]
    [InlineData("Agents:default:Session:turn_detection:eagerness", "low", "Agents:default:Session:turn_detection:eagerness is not known to azure_semantic_vad.")]
    [InlineData("Agents:default:TurnDetection:EndOfUtterance:TimeoutMs", "long", "Agents:default:TurnDetection:EndOfUtterance:TimeoutMs must be a whole number from 0 to 30000, not 'long'.")]
    [InlineData("Agents:default:TurnDetection:Treshold", "0.5", "Agents:default:TurnDetection:Treshold is not a setting; there are ")]
    [InlineData("Agents:default:NoiseReduction", "some", "Agents:default:NoiseReduction:Type must be one of azure_deep_noise_suppression, near_field, far_field, not 'some'.")]
    [InlineData("Agents:default:EchoCancellation:Channels", "2", "Agents:default:EchoCancellation:Channels must be 1, not '2': no phone brings along what it plays.")]
    [InlineData("Agents:default:Session:input_audio_echo_cancellation:reference_source", "client", "Agents:default:Session:input_audio_echo_cancellation:reference_source must be server, not 'client': ")]
    [InlineData("Agents:default:Session:parallel_tool_calls", "maybe", "Agents:default:Session:parallel_tool_calls must be true or false, not 'maybe'.")]
    [InlineData("Agents:default:Session:max_response_output_tokens", "9000", "Agents:default:Session:max_response_output_tokens must be a whole number from 1 to 4096 or inf, not 9000.")]
    [InlineData("Agents:default:Working", "loud", "Agents:default:Working must be off, or After and Sound, not 'loud'.")]
    [InlineData("Agents:default:Working:Sound", "loud", "Agents:default:Working:Sound must be one of quiet, phrase, not 'loud'.")]
    [InlineData("Agents:default:Silence:AskAfter", "soon", "Agents:default:Silence:AskAfter must be a time from 00:00:00 to 00:10:00 such as 00:00:10, not 'soon'.")]
    [InlineData("Agents:default:Languages:0", "German!", "Agents:default:Languages:0 must be a language tag such as en-US, not 'German!'.")]
    [InlineData("Agents:default:AgentName", "clerk", "Agents:default:ProjectName is missing: AgentName needs it.")]
    [InlineData("Tools:Http:look:Url", "http://x/", "Tools:Http:look:Description is missing.")]
    [InlineData("Tools:Http:end_call:Url", "http://x/", "Tools:Http:end_call cannot be the name of a tool: ")]
    [InlineData("Tools:Mcp:shop:Url", "shop", "Tools:Mcp:shop:Url must be an absolute http or https address.")]
    [InlineData("Tools:MaxResultBytes", "1", "Tools:MaxResultBytes must be a whole number from 64 to 1048576, not 1.")]
    [InlineData("Prices:gpt-realtime:InputText", "-1", "Prices:gpt-realtime:InputText must be a price of 0 or more, not '-1'.")]
    public void Mistake_SaysWhatIsAllowed(string key, string value, string line)
    {
        var failures = Assert.Throws<OptionsValidationException>(() => Monitor(new() { [key] = value })).Failures;

        Assert.Contains(failures, failure => failure.StartsWith(line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Agents:default:Session:output_audio_format", "g711_ulaw", "Agents:default:Session:output_audio_format")]
    [InlineData("Agents:default:TurnDetection:AutoTruncate", "true", "Agents:default:TurnDetection:AutoTruncate")]
    [InlineData("Agents:default:Session:turn_detection:auto_truncate", "true", "Agents:default:Session:turn_detection:auto_truncate")]
    [InlineData("Agents:default:Session:model", "other", "Agents:default:Session:model")]
    [InlineData("Agents:default:Transfer:Numbers:sales", "5550100", "Agents:default:Transfer:Numbers:sales")]
    [InlineData("Agents:default:AgentName", "clerk", "Agents:default:ProjectName")]
    [InlineData("Agents:sales:Voice", "alloy", "Agents:sales:Instructions")]
    [InlineData("Agents:default:Silence:AskAfter", "soon", "Agents:default:Silence:AskAfter")]
    [InlineData("Silence:EndAfter", "-00:00:01", "Silence:EndAfter")]
    [InlineData("Prices:gpt-realtime:InputText", "cheap", "Prices:gpt-realtime:InputText")]
    [InlineData("Tools:Http:look:Url", "ftp://x/", "Tools:Http:look:Url")]
    [InlineData("Tools:Http:look:Schema", """{"type":"object","properties":{"day":{"type":"text"}}}""", "Tools:Http:look:Schema:properties:day:type must be one of object, array, string")]
    [InlineData("Tools:Http:look:Schema", """{"type":"object","required":"day"}""", "Tools:Http:look:Schema:required must be a list, not 'day'")]
    [InlineData("Tools:Http:look:Schema", """{"type":"object","properties":{"days":{"type":"array","items":"string"}}}""", "Tools:Http:look:Schema:properties:days:items must be an object or true or false, not 'string'")]
    [InlineData("Agents:default:Session:tools", """[{"type":"mcp","server_label":"shop","server_url":"https://shop.example/mcp"}]""", "Agents:default:Session:tools:0:require_approval")]
    [InlineData("Agents:default:Session:tools", """[{"type":"mcp","server_label":"shop","require_approval":"always"}]""", "Agents:default:Session:tools:0:require_approval")]
    [InlineData("Agents:default:Session:tools", "shop", "Agents:default:Session:tools must be a list")]
    [InlineData("Tools:Mcp:shop:Timeout", "00:00:05", "Tools:Mcp:shop must have either Url or Command")]
    [InlineData("Tools:Tmeout", "00:00:05", "Tools:Tmeout")]
    public void Mistake_IsNamedByItsSetting(string key, string value, string named)
    {
        var failures = Assert.Throws<OptionsValidationException>(() => Monitor(new() { [key] = value })).Failures;

        Assert.Contains(failures, failure => failure.StartsWith(named, StringComparison.Ordinal));
    }

    [Fact]
    public void HttpTool_MayNotTakeItsServerFromAnArgument()
    {
        var failures = Assert.Throws<OptionsValidationException>(() => Monitor(new()
        {
            ["Tools:Http:look:Description"] = "Looks.",
            ["Tools:Http:look:Url"] = "https://{host}.example.com/x",
            ["Tools:Http:look:Schema"] = """{"type":"object","properties":{"host":{"type":"string"}}}""",
        })).Failures;

        Assert.Contains("Tools:Http:look:Url must not take its server from an argument.", failures);
    }

    [Theory]
    [InlineData("+18005550111", null, "sales")]
    [InlineData("4:+18005550111", null, "sales")]
    [InlineData("+18005550999", null, "default")]
    [InlineData("+18005550999", "sales", "sales")]
    [InlineData("+18005550111", "nobody", "sales")]
    [InlineData("28:orgid:0b1c7e5a-4f8e-4c0e-9d5b-000000000111", null, "front")]
    [InlineData("28:orgid:0b1c7e5a-4f8e-4c0e-9d5b-000000000112", null, "default")]
    [InlineData("28:orgid:0a1c7e5a-4f8e-4c0e-9d5b-000000000111", null, "default")]
    public void Profile_IsChosenByNameThenByDialledNumber(string dialled, string? asked, string chosen)
    {
        using var monitor = Monitor(new()
        {
            ["Agents:sales:Instructions"] = "Sell.",
            ["Agents:sales:Numbers:0"] = "+18005550111",
            ["Agents:front:Instructions"] = "Welcome everybody.",
            ["Agents:front:Numbers:0"] = "28:orgid:0b1c7e5a-4f8e-4c0e-9d5b-000000000111",
        });

        Assert.Equal(chosen, monitor.Choose(asked, dialled).Name);
    }

    [Fact]
    public void TwoProfiles_CannotAnswerTheSameNumber()
    {
        var failures = Assert.Throws<OptionsValidationException>(() => Monitor(new()
        {
            ["Agents:a:Instructions"] = "A", ["Agents:a:Numbers:0"] = "+18005550111",
            ["Agents:b:Instructions"] = "B", ["Agents:b:Numbers:0"] = "+18005550111",
        })).Failures;

        Assert.StartsWith("Agents:b:Numbers", Assert.Single(failures));
    }

    [Fact]
    public void ChangedConfiguration_HoldsForNewCalls_AndABadOneIsNotTaken()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Agents:default:Greeting"] = "One" }).Build();
        var log = new FakeLogger<AgentSettingsMonitor>();
        using var monitor = MonitorOf(configuration, log);
        var before = monitor.Choose(null, "");

        configuration["Agents:default:Greeting"] = "Two";
        configuration.Reload();
        Assert.Equal("Two", monitor.Choose(null, "").Greeting?.Text);
        Assert.Equal("One", before.Greeting?.Text);

        configuration["Agents:default:Greeting"] = "Three";
        configuration["Agents:default:Session:temperature"] = "hot";
        configuration.Reload();
        Assert.Equal("Two", monitor.Choose(null, "").Greeting?.Text);
        Assert.Contains("Agents:default:Session:temperature must be a number from 0.6 to 1.2, not 'hot'.", log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AgentMode_SendsNoInstructions()
    {
        var session = Session(new() { ["Agents:default:AgentName"] = "clerk", ["Agents:default:ProjectName"] = "shop" });

        Assert.False(session.TryGetProperty("instructions", out _));
    }

    [Fact]
    public void AgentOfTheEndpoint_GetsNoInstructionsEither()
    {
        var session = Session(new() { ["Agents:default:Instructions"] = "Be kind." }, new SessionTarget(null, "clerk", "shop"));

        Assert.False(session.TryGetProperty("instructions", out _));
        Assert.True(session.TryGetProperty("voice", out _));
    }

    [Fact]
    public void Target_IsTheProfilesOwn_OrLeftToTheEndpoint()
    {
        var agent = AgentBench.ReadSettings(new Dictionary<string, string?>
        {
            ["Agents:a:AgentName"] = "clerk one", ["Agents:a:ProjectName"] = "shop", ["Agents:a:AgentVersion"] = "3",
            ["Agents:m:Model"] = "gpt-4.1", ["Agents:m:Instructions"] = "Be kind.",
        }).Profiles;

        Assert.Equal("agent-name=clerk%20one&agent-project-name=shop&agent-version=3", agent["a"].Target?.Query());
        Assert.Equal("model=gpt-4.1", agent["m"].Target?.Query());
        Assert.Null(agent["default"].Target);
    }

    private static AgentSettingsMonitor Monitor(Dictionary<string, string?> settings) =>
        MonitorOf(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), NullLogger<AgentSettingsMonitor>.Instance);

    private static AgentSettingsMonitor MonitorOf(IConfiguration configuration, ILogger<AgentSettingsMonitor> logger) =>
        new(configuration, new AgentSettingsFactory(configuration, []), logger);

    private static JsonElement Session(Dictionary<string, string?> settings, string? model = "gpt-4.1") => Session(settings, new SessionTarget(model));

    private static JsonElement Session(Dictionary<string, string?> settings, SessionTarget target, AudioFormat? audio = null)
    {
        var profile = AgentBench.ReadSettings(settings).Profiles[AgentProfile.DefaultName];
        return FakeCallControls.Parse(SessionUpdate.Update(profile, target, [], ServedTools.Of(profile.Session), true, Call(audio ?? AudioFormat.Pcm24k))).GetProperty("session");
    }

    private static CallFacts Call(AudioFormat audio) => new()
    {
        CallId = "call-1", CorrelationId = "c", ConnectionId = "m", CallerId = "+14255550100", CallerShown = "+14255550100", CalledNumber = "+14255550199", Type = "acs", Audio = audio,
    };
}
