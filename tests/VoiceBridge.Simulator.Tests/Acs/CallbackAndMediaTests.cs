using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.Acs;

public sealed class CallbackAndMediaTests
{
    private readonly SimulatorOptions _options = new();

    [Fact]
    public async Task Tokens_AreSignedForTheResource_AndNewEachTime()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = await TalkingAsync(bridge);
        await call.HangUpAsync();
        await Soon.Is(() => bridge.CallbackTokens.Count >= 3, "callbacks");
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var document = JsonDocument.Parse(await http.GetStringAsync(bridge.Azure.OpenIdConfiguration, TestContext.Current.CancellationToken));
        var keys = new JsonWebKeySet(await http.GetStringAsync(document.RootElement.GetProperty("jwks_uri").GetString(), TestContext.Current.CancellationToken));
        var parameters = new TokenValidationParameters
        {
            ValidIssuer = document.RootElement.GetProperty("issuer").GetString(),
            ValidAudience = _options.ResourceId,
            IssuerSigningKeys = keys.GetSigningKeys(),
        };
        string[] tokens = [.. bridge.CallbackTokens.Append(bridge.MediaHeaders.First()["Authorization"].ToString()).Select(t => t["Bearer ".Length..])];
        Assert.Equal(tokens.Length, tokens.Distinct().Count());
        foreach (var token in tokens)
        {
            var valid = await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters);
            Assert.True(valid.IsValid, valid.Exception?.Message);
            var lifetime = valid.SecurityToken.ValidTo - valid.SecurityToken.ValidFrom;
            Assert.Equal(token == tokens[^1] ? TimeSpan.FromHours(24) : TimeSpan.FromMinutes(5), lifetime);
        }
    }

    [Fact]
    public async Task MediaSocket_SaysWhichCallItIs_AndBeginsWithMetadata()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = await TalkingAsync(bridge);
        await Soon.Is(() => bridge.MediaMessages.Count > 20, "frames");
        Assert.Equal(call.CallConnectionId, bridge.MediaHeaders.First()["x-ms-call-connection-id"]);
        Assert.Equal(call.CorrelationId, bridge.MediaHeaders.First()["x-ms-call-correlation-id"]);
        var messages = bridge.MediaMessages.Select(m => JsonDocument.Parse(m).RootElement).ToArray();
        Assert.Equal(24_000, messages[0].GetProperty("audioMetadata").GetProperty("sampleRate").GetInt32());
        var audio = messages.First(m => m.GetProperty("kind").GetString() == "AudioData").GetProperty("audioData");
        Assert.Equal(960, audio.GetProperty("data").GetBytesFromBase64().Length);
        Assert.True(audio.GetProperty("silent").GetBoolean());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audio_SurvivesEveryWayOfWritingIt(bool fragmented)
    {
        (_options.Acs.FragmentedMessages, _options.VoiceLive.FragmentedMessages) = (fragmented, fragmented);
        (_options.Acs.EscapedBase64, _options.VoiceLive.EscapedBase64, _options.Acs.EmptySilence) = (!fragmented, !fragmented, !fragmented);
        _options.Acs.SocketBeforeConnected = fragmented;
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.WaitForAgent().Silence(TimeSpan.FromSeconds(1)).Say("How much does it cost?").Silence(TimeSpan.FromSeconds(1)).HangUp() });
        await Soon.Is(call.WhenAnswered);
        await Soon.Is(() => call.Heard.Count > 0, "the greeting");
        Assert.Equal("Thank you for calling.", call.Heard[0].Text);
    }

    [Theory]
    [InlineData(MediaReconnect.ReconnectsItself)]
    [InlineData(MediaReconnect.StartResumes)]
    [InlineData(MediaReconnect.StartRefused)]
    [InlineData(MediaReconnect.StartAcceptedButNothingComes)]
    [InlineData(MediaReconnect.SecondSocketBeside)]
    public async Task LostSocket_ComesBackAsTheModeSays(MediaReconnect mode)
    {
        _options.Acs.MediaReconnect = mode;
        _options.Acs.ReconnectDelay = TimeSpan.FromMilliseconds(50);
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = await TalkingAsync(bridge);
        call.AbortMedia();
        if (mode is MediaReconnect.ReconnectsItself or MediaReconnect.SecondSocketBeside)
        {
            await Soon.Is(() => Details(bridge).Contains("streamConnectionReestablished"), "reconnected");
            Assert.True(call.MediaOpen);
        }
        else
        {
            await Soon.Is(() => Details(bridge).Contains("streamConnectionInterrupted"), "reported");
            Assert.False(call.MediaOpen);
        }
        if (mode == MediaReconnect.ReconnectsItself) return;
        var (status, _, _) = await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:startMediaStreaming", []);
        Assert.Equal(mode == MediaReconnect.StartRefused ? 400 : 202, status);
        if (mode == MediaReconnect.StartRefused)
        {
            await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:stopMediaStreaming", []);
            (status, _, _) = await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:startMediaStreaming", []);
            Assert.Equal(400, status);
        }
        if (mode is MediaReconnect.StartResumes or MediaReconnect.SecondSocketBeside) await Soon.Is(() => call.Stats.MediaSockets == (mode == MediaReconnect.StartResumes ? 2 : 3), "one more socket");
        Assert.Equal(SimulatedCallState.Answered, call.State);
    }

    [Fact]
    public async Task UnreachableSocket_IsReportedAndTheCallGoesOn()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.OnIncoming = data =>
        {
            var body = bridge.AnswerBody(data.GetProperty("incomingCallContext").GetString()!);
            body["mediaStreamingOptions"]!["transportUrl"] = $"ws://{bridge.Address.Authority}/nobody-here";
            return bridge.AcsAsync(HttpMethod.Post, ":answer", body);
        };
        var call = bridge.Azure.PlaceCall(new CallPlan());
        await Soon.Is(() => bridge.Callbacks.Any(c => c.Type.EndsWith("MediaStreamingFailed", StringComparison.Ordinal)), "the failure");
        var result = bridge.Callbacks.First(c => c.Type.EndsWith("MediaStreamingFailed", StringComparison.Ordinal)).Data.GetProperty("resultInformation");
        Assert.Equal(8581, result.GetProperty("subCode").GetInt32());
        Assert.Equal(SimulatedCallState.Answered, call.State);
    }

    [Fact]
    public async Task Streaming_CanBeStoppedAndStarted()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = await TalkingAsync(bridge);
        Assert.Equal(202, (await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:stopMediaStreaming", [])).Status);
        await Soon.Is(() => Details(bridge).Contains("subscriptionStopped"), "stopped");
        Assert.False(call.MediaOpen);
        Assert.Equal(202, (await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:startMediaStreaming", [])).Status);
        await Soon.Is(() => call.MediaOpen, "started");
    }

    [Fact]
    public async Task StartsAndStops_AreDoneInTheOrderInWhichTheyWereAccepted()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = await TalkingAsync(bridge);
        await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:stopMediaStreaming", []);
        for (var i = 1; i <= 10; i++)
        {
            Assert.Equal(202, (await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:startMediaStreaming", [])).Status);
            Assert.Equal(400, (await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:startMediaStreaming", [])).Status);
            Assert.Equal(202, (await bridge.AcsAsync(HttpMethod.Post, $"/{call.CallConnectionId}:stopMediaStreaming", [])).Status);
        }
        await Soon.Is(() => Details(bridge).Count(d => d == "subscriptionStopped") == 11, "the last stop");
        Assert.False(call.MediaOpen);
        Assert.Equal(11, Details(bridge).Count(d => d == "subscriptionStarted"));
    }

    [Fact]
    public async Task MediaSocket_IsReadNoFurtherAheadThanItIsPlayed()
    {
        _options.Acs.ReadAhead = TimeSpan.FromMilliseconds(200);
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent, AnnouncedSampleRate = 16_000 });
        await Soon.Is(() => call.Playout.PlayedMilliseconds > 0, "the greeting's beginning");
        // A delta more than was allowed, at most.
        Assert.InRange(call.Playout.ReceivedMilliseconds - call.Playout.PlayedMilliseconds, 0, 600);
        await Soon.Is(() => call.Heard.Count > 0, "the greeting");
        Assert.Contains("\"sampleRate\":16000", bridge.MediaMessages.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_KnowsWhatItSaid_AndMakesNoise()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.Say("Hello?").Silence(TimeSpan.FromMilliseconds(300)).Noise(TimeSpan.FromSeconds(0.4)) });
        await Soon.Is(() => call.Said.Count == 2, "a word and a noise");
        Assert.Equal(["Hello?", ""], call.Said.Select(s => s.Text));
        Assert.Equal(TimeSpan.FromSeconds(0.4), call.Said[1].Length);
        Assert.True(call.Said[1].StartedAt >= call.Said[0].StartedAt + call.Said[0].Length + TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Keys_ArriveBesideTheAudio()
    {
        await using var bridge = await TinyBridge.StartAsync(_options);
        bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Start.Dtmf("4#") });
        await Soon.Is(() => bridge.MediaMessages.Count(m => m.Contains("DtmfData", StringComparison.Ordinal)) == 2, "two tones");
    }

    private static async Task<SimulatedCall> TalkingAsync(TinyBridge bridge)
    {
        var call = bridge.Azure.PlaceCall(new CallPlan { Script = CallerScript.Silent });
        await Soon.Is(() => bridge.Callbacks.Any(c => c.Type.EndsWith("MediaStreamingStarted", StringComparison.Ordinal)), "media");
        return call;
    }

    private static IEnumerable<string?> Details(TinyBridge bridge) => bridge.Callbacks
        .Where(c => c.Type.Contains("MediaStreaming", StringComparison.Ordinal))
        .Select(c => c.Data.GetProperty("mediaStreamingUpdate").GetProperty("mediaStreamingStatusDetails").GetString());
}
