using System.Net;
using System.Net.WebSockets;
using VoiceBridge.Simulator.Tests.Bridge;

namespace VoiceBridge.Simulator.Tests.VoiceLive;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly SimulatorOptions _options = new() { VoiceLive = { ResponseDelay = TimeSpan.FromMilliseconds(10), Speed = 50 } };
    private SimulatedAzure _azure = null!;

    public async ValueTask InitializeAsync() => _azure = await SimulatedAzure.StartAsync(_options);

    public ValueTask DisposeAsync() => _azure.DisposeAsync();

    [Fact]
    public async Task Session_BeginsWithSessionCreated()
    {
        await using var client = await LiveClient.ConnectAsync(_azure);
        var session = (await client.NextAsync("session.created")).GetProperty("session");
        Assert.Equal("session.created", LiveClient.Type(client.Events[0]));
        Assert.StartsWith("sess_", session.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.True(session.GetProperty("expires_at").GetInt64() > DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task WrongKey_MissingModel_AndRefusal_AreAnsweredBeforeTheUpgrade()
    {
        Assert.Equal(401, await LiveClient.RefusedAsync(_azure, key: "wrong"));
        Assert.Equal(400, await LiveClient.RefusedAsync(_azure, query: "?api-version=2026-07-15"));
        _options.VoiceLive.Refuse = HttpStatusCode.ServiceUnavailable;
        Assert.Equal(503, await LiveClient.RefusedAsync(_azure));
    }

    [Fact]
    public async Task ConnectionsBeyondTheBudget_Are429_AndEachEndpointHasItsOwn()
    {
        _options.VoiceLive.ConnectionsPerMinute = 1;
        _options.VoiceLive.Endpoints["west"] = new VoiceLiveEndpointOptions { Key = "west-key", ConnectionsPerMinute = 5 };
        await using var first = await LiveClient.ConnectAsync(_azure);
        Assert.Equal(429, await LiveClient.RefusedAsync(_azure));
        await using var other = await LiveClient.ConnectAsync(_azure, "west-key", _azure.VoiceLiveEndpointNamed("west"));
        await other.NextAsync("session.created");
        Assert.Equal("west", _azure.Sessions.Last().Endpoint);
    }

    [Fact]
    public async Task Update_IsEchoedWithDefaults()
    {
        await using var client = await LiveClient.ConnectAsync(_azure);
        await client.SendAsync("""{"type":"session.update","session":{"instructions":"Be brief.","turn_detection":{"type":"azure_semantic_vad","silence_duration_ms":700}}}""");
        var session = (await client.NextAsync("session.updated")).GetProperty("session");
        Assert.Equal("Be brief.", session.GetProperty("instructions").GetString());
        Assert.Equal(700, session.GetProperty("turn_detection").GetProperty("silence_duration_ms").GetInt32());
        Assert.True(session.GetProperty("turn_detection").GetProperty("interrupt_response").GetBoolean());
        Assert.Equal("pcm16", session.GetProperty("output_audio_format").GetString());
    }

    [Theory]
    [InlineData("""{"type":"session.update","event_id":"mine","session":{"turn_detection":{"type":"telepathy"}}}""")]
    [InlineData("""{"type":"session.update","event_id":"mine"}""")]
    [InlineData("""{"type":"session.update","event_id":"mine","session":{"tools":"hammer"}}""")]
    [InlineData("""{"type":"session.update","event_id":"mine","session":{"voice":{"name":[1]},"input_audio_format":{}}}""")]
    [InlineData("""{"type":"no.such.event","event_id":"mine"}""")]
    [InlineData("""{"type":"conversation.item.truncate","event_id":"mine","item_id":"nothing","content_index":0,"audio_end_ms":5}""")]
    [InlineData("""{"type":"conversation.item.create","event_id":"mine","item":{"type":"function_call_output","call_id":"nothing","output":"x"}}""")]
    [InlineData("""{"type":"conversation.item.create","event_id":"mine","item":{"type":"message","role":"assistant","content":[{"type":"audio","audio":""}]}}""")]
    [InlineData("""{"type":"response.cancel","event_id":"mine"}""")]
    [InlineData("""{"type":"input_audio_buffer.commit","event_id":"mine"}""")]
    public async Task BadEvent_IsAnErrorWithItsId(string json)
    {
        await using var client = await LiveClient.ConnectAsync(_azure);
        await client.SendAsync(json);
        Assert.Equal("mine", (await client.NextAsync("error")).GetProperty("error").GetProperty("event_id").GetString());
        Assert.Single(client.Of("error"));
    }

    [Theory]
    [InlineData("""[{"type":"function","name":"a","parameters":{"type":"object"}},{"type":"function","name":"b","parameters":{"type":"string"}}]""", "session.tools[1].parameters")]
    [InlineData("""[{"type":"function"}]""", "session.tools[0].name")]
    [InlineData("""[{"type":"mcp","server_label":"s"},7]""", "session.tools[1]")]
    public async Task RefusedTool_IsNamedByItsIndex(string tools, string param)
    {
        await using var client = await LiveClient.ConnectAsync(_azure);
        await client.SendAsync($$$"""{"type":"session.update","session":{"tools":{{{tools}}}}}""");
        Assert.Equal(param, (await client.NextAsync("error")).GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Expiry_IsAnErrorAndClose1001()
    {
        _options.VoiceLive.SessionSeconds = 0.2;
        await using var client = await LiveClient.ConnectAsync(_azure);
        var error = await client.NextAsync("error");
        Assert.Equal("session_expired", error.GetProperty("error").GetProperty("code").GetString());
        await Soon.Is(() => client.Closed, "closed");
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, client.CloseStatus);
    }

    [Fact]
    public async Task Drop_CutsTheConnection()
    {
        await using var client = await LiveClient.ConnectAsync(_azure);
        await client.NextAsync("session.created");
        Assert.Equal(1, _azure.DropVoiceLive());
        await Soon.Is(() => client.Closed, "cut");
        await Soon.Is(_azure.Sessions.Single().WhenClosed);
    }

    [Fact]
    public async Task Echo_SendsEveryPieceBack()
    {
        _options.VoiceLive.Echo = true;
        await using var client = await LiveClient.ConnectAsync(_azure);
        await client.SendAsync("""{"type":"input_audio_buffer.append","audio":"AQIDBA=="}""");
        Assert.Equal("AQIDBA==", (await client.NextAsync("response.audio.delta")).GetProperty("delta").GetString());
    }
}
