using System.Net.WebSockets;
using System.Text.Json;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.VoiceLive;

/// <summary>What goes wrong on purpose goes wrong as ordered, in the sessions it was ordered for, and no more often.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Update = """{"type":"session.update","event_id":"setup","session":{"instructions":"You are faulty.","input_audio_transcription":{"model":"azure-speech"}}}""";
    private const string Ask = """{"type":"response.create","event_id":"ask","response":{"metadata":{"client_event_id":"ask"}}}""";
    private const string Say = """{"type":"response.create","event_id":"say","response":{"pre_generated_assistant_message":{"type":"message","role":"assistant","content":[{"type":"text","text":"Thank you for calling."}]}}}""";
    private readonly SimulatorOptions _options = new() { VoiceLive = { ResponseDelay = TimeSpan.FromMilliseconds(10), Speed = 40 } };
    private SimulatedAzure _azure = null!;
    private LiveClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _azure = await SimulatedAzure.StartAsync(_options);
        _client = await LiveClient.ConnectAsync(_azure);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _azure.DisposeAsync();
    }

    [Fact]
    public async Task Response_IsAnnouncedAtOnce_AndRepeatsTheMetadata()
    {
        _options.VoiceLive.ResponseDelay = TimeSpan.FromMinutes(5);
        await _client.SendAsync(Update);
        await _client.SayAsync("How much does it cost?");
        await _client.NextAsync("response.created");
        await _client.SendAsync(Ask);
        var types = await ErrorAfterAsync("conversation_already_has_active_response");
        Assert.Equal(["response.created", "error"], types.Where(t => t is "response.created" or "error"));
        Assert.Empty(_client.Of("response.audio.delta"));
        await _client.SendAsync("""{"type":"response.cancel","response_id":"another"}""");
        await _client.NextAsync("error", skip: 1);
        await _client.SendAsync("""{"type":"response.cancel"}""");
        await _client.NextAsync("response.done");
        await _client.SendAsync(Ask);
        var created = await _client.NextAsync("response.created", skip: 1);
        Assert.Equal("ask", created.GetProperty("response").GetProperty("metadata").GetProperty("client_event_id").GetString());
    }

    [Fact]
    public async Task Metadata_IsNotRepeatedWhereNotEchoed()
    {
        await SetUpAsync(VoiceLiveFaultKind.MetadataNotEchoed);
        await _client.SendAsync(Ask);
        Assert.Equal(JsonValueKind.Null, (await _client.NextAsync("response.created")).GetProperty("response").GetProperty("metadata").ValueKind);
    }

    [Theory]
    [InlineData(VoiceLiveFaultKind.ResponseFails, "failed")]
    [InlineData(VoiceLiveFaultKind.ResponseIncomplete, "incomplete")]
    [InlineData(VoiceLiveFaultKind.ResponseEmpty, "completed")]
    public async Task Response_EndsWithoutOutput_Once(VoiceLiveFaultKind kind, string status)
    {
        await SetUpAsync(kind, f => (f.Times, f.Code) = (1, "content_filter"));
        await _client.SendAsync(Say);
        var response = (await _client.NextAsync("response.done")).GetProperty("response");
        Assert.Equal((status, 0), (response.GetProperty("status").GetString(), response.GetProperty("output").GetArrayLength()));
        if (status == "failed") Assert.Equal("content_filter", response.GetProperty("status_details").GetProperty("error").GetProperty("code").GetString());
        if (status == "incomplete") Assert.Equal("content_filter", response.GetProperty("status_details").GetProperty("reason").GetString());
        await _client.SendAsync(Say);
        Assert.Equal(1, (await _client.NextAsync("response.done", skip: 1)).GetProperty("response").GetProperty("output").GetArrayLength());
    }

    [Fact]
    public async Task Response_HasTextOnly()
    {
        await SetUpAsync(VoiceLiveFaultKind.ResponseTextOnly);
        await _client.SendAsync(Say);
        var part = (await _client.NextAsync("response.done")).GetProperty("response").GetProperty("output")[0].GetProperty("content")[0];
        Assert.Equal(("text", "Thank you for calling."), (part.GetProperty("type").GetString(), part.GetProperty("text").GetString()));
        Assert.Equal("Thank you for calling.", (await _client.NextAsync("response.text.done")).GetProperty("text").GetString());
        Assert.Empty(_client.Of("response.audio.delta"));
    }

    [Fact]
    public async Task Response_IsNeverDone_AndTheNextOneComes()
    {
        await SetUpAsync(VoiceLiveFaultKind.ResponseNeverDone, f => f.Times = 1);
        await _client.SendAsync(Say);
        await _client.NextAsync("response.output_item.done");
        await Soon.Is(() => !_azure.Sessions.Single().Responding, "the end that nobody is told of");
        await _client.SendAsync(Say);
        await _client.NextAsync("response.done");
        Assert.Equal(2, _client.Of("response.output_item.done").Count());
    }

    [Theory]
    [InlineData(VoiceLiveFaultKind.RequestRefused, false)]
    [InlineData(VoiceLiveFaultKind.RequestRefused, true)]
    [InlineData(VoiceLiveFaultKind.VerbatimRefused, false)]
    public async Task Request_IsRefused(VoiceLiveFaultKind kind, bool flat)
    {
        await SetUpAsync(kind, f => (f.Code, f.Flat) = ("", flat));
        await _client.SendAsync(Say);
        var error = await _client.NextAsync("error");
        if (!flat) error = error.GetProperty("error");
        Assert.Equal(JsonValueKind.Null, error.GetProperty("code").ValueKind);
        if (!flat) Assert.Equal("say", error.GetProperty("event_id").GetString());
        Assert.Empty(_client.Of("response.created"));
        if (kind != VoiceLiveFaultKind.VerbatimRefused) return;
        await _client.SendAsync(Ask);
        await _client.NextAsync("response.created");
    }

    [Fact]
    public async Task Request_MeetsAResponseOfTheServicesOwn_WhichIsCreatedFirst()
    {
        await SetUpAsync(VoiceLiveFaultKind.RequestMetByAnother, f => (f.Times, f.Code) = (1, "conversation_already_has_active_response"));
        await _client.SendAsync(Ask);
        var types = await ErrorAfterAsync("conversation_already_has_active_response");
        Assert.Equal(["response.created", "error"], types.Where(t => t is "response.created" or "error"));
        await _client.NextAsync("response.done");
        Assert.Equal("One moment, please.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
        await _client.SendAsync(Ask);
        Assert.NotEqual("One moment, please.", (await _client.NextAsync("response.audio_transcript.done", skip: 1)).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task Request_MeetsAResponseThatDoesNotKnowTheToolsOutput()
    {
        await SetUpAsync(VoiceLiveFaultKind.RequestMetByAnother, f => f.Times = 1);
        await _client.SendAsync("""{"type":"session.update","session":{"tools":[{"type":"function","name":"get_weather"}]}}""");
        await _client.SayAsync("Can you tell me the weather in Berlin?");
        var call = (await _client.NextAsync("response.function_call_arguments.done")).GetProperty("call_id").GetString();
        await _client.NextAsync("response.done");
        await _client.SendAsync($$$"""{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"{{{call}}}","output":"grey"}}""");
        await _client.SendAsync(Ask);
        var types = (await ErrorAfterAsync("server_error")).ToList();
        Assert.InRange(types.LastIndexOf("response.created"), 0, types.LastIndexOf("conversation.item.created") - 1);
        await _client.NextAsync("response.done", skip: 1);
        await _client.SendAsync(Ask);
        Assert.Equal("Here is what I found. grey", (await _client.NextAsync("response.audio_transcript.done", skip: 1)).GetProperty("transcript").GetString());
    }

    [Fact]
    public async Task Request_StaysInFlightUntilTheCallerSpeaks()
    {
        await SetUpAsync(VoiceLiveFaultKind.RequestInFlightAtSpeech, f => f.Times = 1);
        await _client.SendAsync(Ask);
        await _client.SayAsync("How much does it cost?", quietMs: 0);
        await _client.NextAsync("response.created");
        var types = _client.Events.Select(LiveClient.Type).ToList();
        Assert.InRange(types.IndexOf("input_audio_buffer.speech_started"), 0, types.IndexOf("response.created") - 1);
        Assert.Equal("completed", (await _client.NextAsync("response.done")).GetProperty("response").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Turn_IsNotAnswered_OrNoTurn_OrWithoutWords_OrWithoutAnEnd()
    {
        await SetUpAsync(VoiceLiveFaultKind.TurnNotAnswered, f => f.Said = "cost");
        Order(VoiceLiveFaultKind.TurnDropped, f => f.Said = "order");
        Order(VoiceLiveFaultKind.TurnWithoutWords, f => f.Said = "weather");
        Order(VoiceLiveFaultKind.SpeechStopNotSent, f => f.Said = "weather");
        await _client.SayAsync("How much does it cost?");
        await _client.SayAsync("Hi, where is my order?", utterance: 2);
        await _client.SayAsync("Can you tell me the weather in Berlin?", utterance: 3);
        await _client.NextAsync("conversation.item.input_audio_transcription.completed", skip: 1);
        Assert.Equal(
            ["", "How much does it cost?"],
            _client.Of("conversation.item.input_audio_transcription.completed").Select(e => e.GetProperty("transcript").GetString()).Order(StringComparer.Ordinal));
        await _client.NextAsync("response.done");
        Assert.Equal(2, _client.Of("input_audio_buffer.committed").Count());
        Assert.Equal(3, _client.Of("input_audio_buffer.speech_started").Count());
        Assert.Equal(2, _client.Of("input_audio_buffer.speech_stopped").Count());
        var spoken = _azure.Sessions.Single().Items.First(i => i.Role == "user");
        Assert.InRange(spoken.AudioMs, 500, 3_000);
    }

    [Fact]
    public async Task Settings_AreRefused_AtThisEndpointOnly()
    {
        _options.VoiceLive.Endpoints["good"] = new VoiceLiveEndpointOptions();
        await SetUpAsync(VoiceLiveFaultKind.UpdateRefused, f => (f.Endpoint, f.Type, f.Code) = ("", "rate_limit_error", "rate_limit_exceeded"), updated: false);
        Assert.Equal("rate_limit_exceeded", (await _client.NextAsync("error")).GetProperty("error").GetProperty("code").GetString());
        await using var good = await LiveClient.ConnectAsync(_azure, endpoint: _azure.VoiceLiveEndpointNamed("good"));
        await good.SendAsync(Update);
        await good.NextAsync("session.updated");
    }

    [Theory]
    [InlineData(WebSocketCloseStatus.InternalServerError)]
    [InlineData(null)]
    public async Task Session_IsKilledOnceItIsReady(WebSocketCloseStatus? status)
    {
        // Cut off at once, it would take its last event with it.
        await SetUpAsync(VoiceLiveFaultKind.SessionKilled, f => (f.CloseStatus, f.After) = (status, TimeSpan.FromMilliseconds(200)));
        await Soon.Is(() => _client.Closed, "the end");
        Assert.Equal(status, _client.CloseStatus);
    }

    [Fact]
    public async Task Close_IsIgnoredUntilTheConnectionIsCut()
    {
        await SetUpAsync(VoiceLiveFaultKind.CloseIgnored);
        await _client.CloseOutputAsync();
        await Soon.Is(() => _client.Of("simulator.heartbeat").Count(e => !e.TryGetProperty("event_id", out _)) > 2, "events after the close");
        Assert.True(_azure.Sessions.Single().IsOpen);
        await _client.DisposeAsync();
        await Soon.Is(() => !_azure.Sessions.Single().IsOpen, "the end");
    }

    [Fact]
    public async Task Session_SaysThatItHasExpired()
    {
        await SetUpAsync(VoiceLiveFaultKind.ExpiryMoved, f => f.After = TimeSpan.FromMinutes(-1));
        var expires = (await _client.NextAsync("session.updated")).GetProperty("session").GetProperty("expires_at").GetInt64();
        Assert.InRange(expires, 0, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1);
    }

    [Fact]
    public async Task Events_HaveTheNamesOfGa()
    {
        await SetUpAsync(VoiceLiveFaultKind.GaNames);
        await _client.SayAsync("How much does it cost?");
        await _client.NextAsync("response.done");
        string[] wanted = ["conversation.item.added", "conversation.item.done", "response.output_audio.delta", "response.output_audio.done", "response.output_audio_transcript.done"];
        Assert.All(wanted, type => Assert.NotEmpty(_client.Of(type)));
        Assert.DoesNotContain(_client.Events.Select(LiveClient.Type), t => t.StartsWith("response.audio", StringComparison.Ordinal) || t == "conversation.item.created");
        Assert.Equal("output_audio", (await _client.NextAsync("response.done")).GetProperty("response").GetProperty("output")[0].GetProperty("content")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Events_AreOddButKeepWhatTheyAreAbout()
    {
        await SetUpAsync(VoiceLiveFaultKind.OddFields);
        await _client.SayAsync("How much does it cost?");
        var done = (await _client.NextAsync("response.done")).GetProperty("response");
        Assert.Equal("completed", done.GetProperty("status").GetString());
        Assert.Contains(done.GetProperty("usage").EnumerateObject(), m => m.Value.ValueKind == JsonValueKind.Null);
        Assert.Equal(JsonValueKind.String, (await _client.NextAsync("input_audio_buffer.speech_started")).GetProperty("audio_start_ms").ValueKind);
        Assert.Equal(JsonValueKind.Null, _client.Of("response.audio.delta").First().GetProperty("content_index").ValueKind);
        Assert.Equal("It costs twenty euros a month.", (await _client.NextAsync("response.audio_transcript.done")).GetProperty("transcript").GetString());
    }

    private async Task SetUpAsync(VoiceLiveFaultKind kind, Action<VoiceLiveFault>? change = null, bool updated = true)
    {
        // One for somebody else's sessions comes first.
        Order(kind, f => f.Session = "somebody else");
        Order(kind, change);
        await _client.SendAsync(Update);
        if (updated) await _client.NextAsync("session.updated");
    }

    private void Order(VoiceLiveFaultKind kind, Action<VoiceLiveFault>? change = null)
    {
        var fault = new VoiceLiveFault { Kind = kind, Session = "faulty" };
        change?.Invoke(fault);
        _options.VoiceLive.Faults.Add(fault);
    }

    private async Task<IReadOnlyList<string>> ErrorAfterAsync(string code)
    {
        Assert.Equal(code, (await _client.NextAsync("error")).GetProperty("error").GetProperty("code").GetString());
        return [.. _client.Events.Select(LiveClient.Type)];
    }
}
