using System.Text;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.Acs;

public sealed class CallbackParserTests
{
    [Fact]
    public void Events_OfOnePost_AreAllRead_AndBadOrStrangeOnesPassedOver()
    {
        var batch = Parse(
            $"[{Payloads.Callback("CallConnected")},5,{{}},{Payloads.Callback("ParticipantsUpdated")},{Payloads.Callback("SomethingNew")},"
            + $"{{\"type\":\"Microsoft.Communication.CallDisconnected\"}},{Payloads.Callback("CallDisconnected")}]");

        Assert.Equal([CallNoticeKind.Connected, CallNoticeKind.Disconnected], batch.Events.Select(n => n.Kind));
        Assert.Equal(3, batch.Malformed.Count);
    }

    [Fact]
    public void Body_OfNothingButUnreadableEvents_EndsEarly() =>
        Assert.Equal(EventBody.MaxMalformedEvents, Parse($"[{string.Join(',', Enumerable.Repeat("1", 100_000))}]").Malformed.Count);

    [Fact]
    public void MediaFailure_SaysWhy()
    {
        var notice = Assert.Single(Parse(Payloads.Callback(
            "MediaStreamingFailed",
            more: ""","mediaStreamingUpdate":{"contentType":"Audio","mediaStreamingStatusDetails":"initialWebSocketConnectionFailed"}""")).Events);

        Assert.Equal((CallNoticeKind.MediaFailed, "conn-1"), (notice.Kind, notice.CallConnectionId));
        Assert.Equal("200/0 ok initialWebSocketConnectionFailed", notice.Detail);
    }

    [Theory]
    [InlineData("""{"type":"\ud800"}""")]
    [InlineData("""{"type":"Microsoft.Communication.CallConnected","data":{"callConnectionId":"\udc00"}}""")]
    public void Text_ThatIsNoText_IsPassedOver(string item)
    {
        var batch = Parse($"[{item},{Payloads.Callback("CallConnected")}]");

        Assert.Single(batch.Events);
        Assert.Single(batch.Malformed);
    }

    [Fact]
    public void Numbers_InMessagesAreNotKept() => Assert.Equal(
        "200/0 ok transferred to (number), code 8581",
        Assert.Single(Parse(Payloads.Callback(
            "MediaStreamingFailed",
            more: ""","mediaStreamingUpdate":{"mediaStreamingStatusDetails":"transferred to +14255550123, code 8581"}""")).Events).Detail);

    [Fact, Trait("Category", Fuzz.Category)]
    public void Parser_NeverThrows() => Fuzz.Run(
        Fuzz.Damaged($"[{Payloads.Callback("CallConnected")},{Payloads.Callback("MediaStreamingFailed")}]", Payloads.Callback("CallDisconnected")),
        body => CallbackParser.Parse("call", body, DateTimeOffset.UnixEpoch));

    private static EventBatch<CallNotice> Parse(string body) => CallbackParser.Parse("call", Encoding.UTF8.GetBytes(body), DateTimeOffset.UtcNow);
}
