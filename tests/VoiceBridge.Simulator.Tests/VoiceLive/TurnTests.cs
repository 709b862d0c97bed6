using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.VoiceLive;

public sealed class TurnTests : IAsyncLifetime
{
    private const string Setup = """
        {"type":"session.update","session":{"input_audio_transcription":{"model":"azure-speech"},"turn_detection":{"type":"azure_semantic_vad"},
        "tools":[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}]}}
        """;

    private const string Greet = """{"type":"response.create","event_id":"greet","response":{"pre_generated_assistant_message":{"type":"message","role":"assistant","content":[{"type":"text","text":"Thank you for calling."}]}}}""";
    private readonly SimulatorOptions _options = new() { VoiceLive = { ResponseDelay = TimeSpan.FromMilliseconds(10), Speed = 40 } };
    private SimulatedAzure _azure = null!;
    private LiveClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _azure = await SimulatedAzure.StartAsync(_options);
        _client = await LiveClient.ConnectAsync(_azure);
        await _client.SendAsync(Setup);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _azure.DisposeAsync();
    }

    [Fact]
    public async Task Turn_IsHeardTranscribedAndAnswered()
    {
        await _client.SayAsync("How much does it cost?");
        Assert.Equal("How much does it cost?", (await _client.NextAsync("conversation.item.input_audio_transcription.completed")).GetProperty("transcript").GetString());
        var done = (await _client.NextAsync("response.done")).GetProperty("response");
        Assert.Equal("completed", done.GetProperty("status").GetString());
        Assert.True(done.GetProperty("usage").TryGetProperty("input_token_details", out _));
        Assert.Equal("It costs twenty euros a month.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
        string[] order = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed", "response.created", "response.audio.delta", "response.audio.done", "response.output_item.done", "response.done"];
        Assert.Equal(order, _client.Events.Select(LiveClient.Type).Where(order.Contains).Distinct());
        Assert.All(_client.Of("response.audio.delta"), d => Assert.Equal(0, d.GetProperty("delta").GetBytesFromBase64().Length % 2));
        Assert.Contains(_client.Of("response.audio.delta"), d => d.GetProperty("delta").GetBytesFromBase64().Length % 960 != 0);
        Assert.Equal("It costs twenty euros a month.", string.Concat(_client.Of("response.audio_transcript.delta").Select(d => d.GetProperty("delta").GetString())));
        Assert.Contains(_client.Events, e => LiveClient.Type(e) == "simulator.heartbeat");
    }

    [Fact]
    public async Task Greeting_IsSpokenVerbatim_AndASecondResponseIsRefusedMeanwhile()
    {
        _options.VoiceLive.Speed = 1;
        await _client.SendAsync(Greet);
        await _client.NextAsync("response.created");
        await _client.SendAsync(Greet);
        var error = (await _client.NextAsync("error")).GetProperty("error");
        Assert.Equal("conversation_already_has_active_response", error.GetProperty("code").GetString());
        Assert.Equal("greet", error.GetProperty("event_id").GetString());
        Assert.Equal("Thank you for calling.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task Speech_CancelsTheResponse()
    {
        _options.VoiceLive.Speed = 1;
        await _client.SendAsync(Greet);
        await _client.NextAsync("response.audio.delta");
        await _client.SayAsync("No, wait, that is not what I meant.", quietMs: 0);
        var done = (await _client.NextAsync("response.done")).GetProperty("response");
        Assert.Equal("cancelled", done.GetProperty("status").GetString());
        Assert.Equal("turn_detected", done.GetProperty("status_details").GetProperty("reason").GetString());
        var types = _client.Events.Select(LiveClient.Type).ToList();
        Assert.True(types.IndexOf("input_audio_buffer.speech_started") < types.IndexOf("response.done"));
        Assert.DoesNotContain("response.audio.delta", types[types.IndexOf("response.done")..]);
    }

    [Fact]
    public async Task Speech_DoesNotCancelWhatMustNotBeInterrupted_AndIsAnsweredAfterIt()
    {
        _options.VoiceLive.Speed = 2;
        await _client.SendAsync("""{"type":"session.update","session":{"turn_detection":{"type":"azure_semantic_vad","interrupt_response":false}}}""");
        await _client.SendAsync(Greet);
        await _client.NextAsync("response.audio.delta");
        await _client.SayAsync("How much does it cost?");
        Assert.Equal("completed", (await _client.NextAsync("response.done")).GetProperty("response").GetProperty("status").GetString());
        await _client.NextAsync("response.done", skip: 1);
        Assert.Equal("It costs twenty euros a month.", (await _client.NextAsync("response.audio_transcript.done", skip: 1)).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task Truncation_IsPossibleUpToWhatWasDelivered()
    {
        await _client.SendAsync(Greet);
        await _client.NextAsync("response.done");
        var id = (await _client.NextAsync("response.output_item.added")).GetProperty("item").GetProperty("id").GetString();
        await _client.SendAsync($$"""{"type":"conversation.item.truncate","item_id":"{{id}}","content_index":0,"audio_end_ms":99999}""");
        await _client.NextAsync("error");
        await _client.SendAsync($$"""{"type":"conversation.item.truncate","item_id":"{{id}}","content_index":0,"audio_end_ms":300}""");
        Assert.Equal(300, (await _client.NextAsync("conversation.item.truncated")).GetProperty("audio_end_ms").GetInt32());
        Assert.Equal(300, _azure.Sessions.Single().Items.Single(i => i.Id == id).TruncatedAtMs);
    }

    [Fact]
    public async Task FittingTool_IsCalled_AndItsOutputSpokenAbout()
    {
        await _client.SayAsync("Can you tell me the weather in Berlin?");
        var call = await _client.NextAsync("response.function_call_arguments.done");
        Assert.Equal("get_weather", call.GetProperty("name").GetString());
        Assert.Equal("""{"city":"Berlin"}""", call.GetProperty("arguments").GetString());
        await _client.NextAsync("response.done");
        await _client.SendAsync($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{call.GetProperty("call_id").GetString()}}}","output":"{\"sky\":\"grey\"}"}}""");
        await _client.SendAsync("""{"type":"response.create"}""");
        Assert.Equal("Here is what I found. grey", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task ScriptedReply_ComesFirst()
    {
        _options.VoiceLive.Replies.Add(new ScriptedReply { Keyword = "order", Say = "Let me check that for you.", Call = "get_weather", Arguments = "{}" });
        await _client.SayAsync("Hi, where is my order?");
        Assert.Equal("{}", (await _client.NextAsync("response.function_call_arguments.done")).GetProperty("arguments").GetString());
        Assert.Equal("Let me check that for you.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
        Assert.Equal(2, (await _client.NextAsync("response.done")).GetProperty("response").GetProperty("output").GetArrayLength());
    }

    [Fact]
    public async Task RebuiltConversation_IsRemembered()
    {
        await _client.SendAsync("""{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"My name is Alex."}]}}""");
        await _client.SendAsync("""{"type":"conversation.item.create","item":{"type":"message","role":"assistant","content":[{"type":"text","text":"Hello Alex."}]}}""");
        await _client.SayAsync("Do you remember what I said before?");
        Assert.Equal("You said: My name is Alex.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task UnmarkedSpeech_IsSpeechAllTheSame()
    {
        await _client.AppendAsync([.. VoiceBridge.Simulator.Audio.Voice.Caller.Speak("Hello?"), .. new short[24_000]]);
        Assert.Equal("(unrecognised speech)", (await _client.NextAsync("conversation.item.input_audio_transcription.completed")).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task ManualMode_CommitsAndRespondsOnDemand()
    {
        await _client.SendAsync("""{"type":"session.update","session":{"turn_detection":null}}""");
        await _client.NextAsync("session.updated", skip: 1);
        await _client.SayAsync("How much does it cost?");
        await _client.SendAsync("""{"type":"input_audio_buffer.commit"}""");
        await _client.NextAsync("input_audio_buffer.committed");
        Assert.Empty(_client.Of("input_audio_buffer.speech_started"));
        Assert.Empty(_client.Of("response.created"));
        Assert.Equal("How much does it cost?", _azure.Sessions.Single().Items[^1].Text);
    }

    [Fact]
    public async Task Cancel_EndsTheResponseAsClientCancelled()
    {
        _options.VoiceLive.Speed = 1;
        await _client.SendAsync(Greet);
        await _client.NextAsync("response.audio.delta");
        await _client.SendAsync("""{"type":"response.cancel"}""");
        var done = (await _client.NextAsync("response.done")).GetProperty("response");
        Assert.Equal("client_cancelled", done.GetProperty("status_details").GetProperty("reason").GetString());
        await Soon.Is(() => !_azure.Sessions.Single().Responding, "idle");
    }
}
