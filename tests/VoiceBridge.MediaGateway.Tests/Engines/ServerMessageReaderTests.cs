using System.Text;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Engines;

public sealed class ServerMessageReaderTests
{
    [Theory]
    [InlineData("""{"type":"response.audio.delta","event_id":"event_11","response_id":"resp_1","item_id":"item_A1","output_index":0,"content_index":2,"delta":"QUJD"}""")]
    [InlineData("""{"type":"response.output_audio.delta","response_id":"resp_1","item_id":"item_A1","content_index":2,"delta":"QUJD"}""")]
    [InlineData("""{"delta":"QUJD","content_index":2,"item_id":"item_A1","response_id":"resp_1","type":"response.audio.delta"}""")]
    [InlineData("""{ "type" : "response.audio.delta", "response_id":"resp_1", "item_id":"item_A1", "content_index": 2, "delta": "QUJD" }""")]
    [InlineData("""{"future":{"delta":"WFhY"},"type":"response.audio.delta","response_id":"resp_1","item_id":"item_A1","content_index":2,"delta":"\u0051UJD","more":[1]}""")]
    public void AudioDelta_IsRead(string json)
    {
        var delta = default(AudioDelta);
        Assert.Equal(ServerMessageKind.AudioDelta, ServerMessageReader.Read(Encoding.UTF8.GetBytes(json), new UnescapeBuffer(), ref delta));
        Assert.Equal("resp_1", Encoding.UTF8.GetString(delta.ResponseId));
        Assert.Equal("item_A1", Encoding.UTF8.GetString(delta.ItemId));
        Assert.Equal(2, delta.ContentIndex);
        Assert.Equal("QUJD", Encoding.UTF8.GetString(delta.Audio));
    }

    [Theory]
    [InlineData("""{"type":"input_audio_buffer.speech_started","audio_start_ms":3120,"item_id":"item_U1"}""", ServerMessageKind.SpeechStarted)]
    [InlineData("""{"audio_start_ms":3120,"item_id":"item_U1","type":"input_audio_buffer.speech_started"}""", ServerMessageKind.SpeechStarted)]
    [InlineData("""{"type":"response.created","response":{"id":"resp_1"}}""", ServerMessageKind.ResponseCreated)]
    [InlineData("""{"response":{"id":"resp_1"},"type":"response.created"}""", ServerMessageKind.ResponseCreated)]
    [InlineData("""{"type":"response.audio_transcript.delta","delta":"Let me, \"you\" know"}""", ServerMessageKind.Words)]
    [InlineData("""{"delta":"Hello there","type":"response.audio_transcript.delta"}""", ServerMessageKind.Words)]
    [InlineData("""{"type":"response.output_audio_transcript.delta","delta":"Hello"}""", ServerMessageKind.Words)]
    [InlineData("""{"type":"rate_limits.updated","rate_limits":[{"name":"x"}]}""", ServerMessageKind.Ignored)]
    [InlineData("""{"type":"response.function_call_arguments.delta","delta":"{"}""", ServerMessageKind.Ignored)]
    [InlineData("""{"type":"response.audio.done","response_id":"r","item_id":"i"}""", ServerMessageKind.Ignored)]
    [InlineData("""{"type":"response.audio_transcript.done","response_id":"r","item_id":"i"}""", ServerMessageKind.Other)]
    [InlineData("""{"type":"input_audio_buffer.committed","item_id":"u1"}""", ServerMessageKind.Committed)]
    [InlineData("""{"type":"something.new"}""", ServerMessageKind.Other)]
    [InlineData("""{"event_id":"x"}""", ServerMessageKind.Malformed)]
    [InlineData("""{"type":"response.audio.delta","delta":"QU"}""", ServerMessageKind.Malformed)]
    [InlineData("""{"type":""", ServerMessageKind.Malformed)]
    [InlineData("""null""", ServerMessageKind.Malformed)]
    public void OtherEvents_GoTheTypedRoute(string json, object kind)
    {
        var delta = default(AudioDelta);
        Assert.Equal((ServerMessageKind)kind, ServerMessageReader.Read(Encoding.UTF8.GetBytes(json), new UnescapeBuffer(), ref delta));
    }

    [Fact, Trait("Category", Fuzz.Category)]
    public void AnyBytes_AreReadWithoutAnException() => Fuzz.Run(
        Fuzz.Damaged(
            """{"type":"response.audio.delta","event_id":"event_11","response_id":"resp_1","item_id":"item_A1","output_index":0,"content_index":2,"delta":"QUJD"}""",
            """{"type":"session.created","session":{"id":"s","expires_at":1790000000,"model":"m"}}""",
            """{"call_id":"call_7","arguments":"{\"id\":\"42\"}","type":"response.function_call_arguments.done"}""",
            """{"type":"response.done","event_id":"e","response":{"id":"resp_2","status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"},"output":[{"id":"i","type":"message","content":[{"type":"audio","transcript":"x"}]}],"usage":{"total_tokens":87,"input_token_details":{"cached_tokens":0}}}}"""),
        bytes =>
        {
            var delta = default(AudioDelta);
            ServerMessageReader.Read(bytes, new UnescapeBuffer(), ref delta);
            ServerMessageReader.ReadResponseId(bytes, new UnescapeBuffer());
            VoiceLiveEvents.Read(bytes);
        });

    [Theory]
    [InlineData("""{"type":"response.created","response":{"id":"resp_1"}}""", "resp_1")]
    [InlineData("""{"response":{"output":[{"id":"x"}],"id":"resp_1"},"type":"response.created"}""", "resp_1")]
    [InlineData("""{"type":"response.created","response":null}""", "")]
    [InlineData("""{"type":"response.created","response":{"id":7}}""", "")]
    public void ResponseId_IsReadWithoutTheRest(string json, string id) =>
        Assert.Equal(id, Encoding.UTF8.GetString(ServerMessageReader.ReadResponseId(Encoding.UTF8.GetBytes(json), new UnescapeBuffer())));

    [Fact]
    public void TypedEvents_AreRead()
    {
        var done = Read<ResponseDone>("""{"type":"response.done","event_id":"event_21","response":{"id":"resp_2","object":"realtime.response","status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"},"output":[],"usage":null}}""");
        Assert.Equal("turn_detected", done.Response.Reason);
        var call = Read<FunctionArgumentsDone>("""{"call_id":"call_7","arguments":"{\"id\":\"42\"}","type":"response.function_call_arguments.done"}""");
        Assert.Equal("""{"id":"42"}""", call.Arguments);
        Assert.Equal("something.new", Read<OtherEvent>("""{"type":"something.new"}""").Type);
        Assert.Null(VoiceLiveEvents.Read("[]"u8.ToArray()));
    }

    [Theory]
    [InlineData("""{"input_tokens":null,"output_tokens":"30","input_token_details":{"cached_tokens":null}}""", 0, 30)]
    [InlineData("""{"input_tokens":"12","output_tokens":3.0,"input_token_details":[]}""", 12, 3)]
    [InlineData("""[]""", 0, 0)]
    public void FieldOfAnotherType_CostsThatField_NotTheEvent(string usage, long input, long output)
    {
        var done = Read<ResponseDone>($$$"""{"type":"response.done","response":{"id":"r","status":"completed","status_details":"none","output":{},"usage":{{{usage}}}}}""");

        Assert.Equal(("r", "completed"), (done.Response.Id, done.Response.Status));
        Assert.Equal((input, output), (done.Response.Usage?.InputTokens ?? 0, done.Response.Usage?.OutputTokens ?? 0));
    }

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"server_error","code":null,"message":"active response","event_id":"request_1"}}""", null, "request_1")]
    [InlineData("""{"type":"error","code":"rate_limit_exceeded","message":"slow down"}""", "rate_limit_exceeded", null)]
    [InlineData("""{"type":"error","error":"broken"}""", null, null)]
    public void Errors_AreReadInWhateverShapeTheyCome(string json, string? code, string? eventId)
    {
        var error = Read<ErrorEvent>(json).Error;

        Assert.Equal((code, eventId), (error.Code, error.EventId));
    }

    private static T Read<T>(string json) => Assert.IsType<T>(VoiceLiveEvents.Read(Encoding.UTF8.GetBytes(json)));
}
