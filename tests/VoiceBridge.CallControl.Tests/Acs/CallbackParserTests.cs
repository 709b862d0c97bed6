using System.Text;
using CsCheck;
using VoiceBridge.CallControl.Acs.Callbacks;
using VoiceBridge.CallControl.Calls;
using VoiceBridge.CallControl.Tests.Fakes;

namespace VoiceBridge.CallControl.Tests.Acs;

public sealed class CallbackParserTests
{
    [Fact]
    public void Events_OfOnePost_AreAllRead_AndBadOrStrangeOnesPassedOver()
    {
        var batch = Parse(
            $"[{Payloads.Callback("CallConnected")},5,{{}},{Payloads.Callback("ParticipantsUpdated")},{Payloads.Callback("SomethingNew")},"
            + $"{{\"type\":\"Microsoft.Communication.CallDisconnected\"}},{Payloads.Callback("CallDisconnected")}]");

        Assert.Equal([CallNoticeKind.Connected, CallNoticeKind.Disconnected], batch.Notices.Select(n => n.Kind));
        Assert.Equal(3, batch.Malformed.Count);
    }

    [Fact]
    public void MediaFailure_SaysWhy()
    {
        var notice = Assert.Single(Parse(Payloads.Callback(
            "MediaStreamingFailed",
            more: ""","mediaStreamingUpdate":{"contentType":"Audio","mediaStreamingStatusDetails":"initialWebSocketConnectionFailed"}""")).Notices);

        Assert.Equal((CallNoticeKind.MediaFailed, "conn-1"), (notice.Kind, notice.CallConnectionId));
        Assert.Equal("200/0 ok initialWebSocketConnectionFailed", notice.Detail);
    }

    [Fact]
    public void Parser_NeverThrows()
    {
        var valid = $"[{Payloads.Callback("CallConnected")},{Payloads.Callback("MediaStreamingFailed")}]";
        Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 40], Gen.String[Gen.Char["{}[]\",:0a\\ue\u0000"], 0, 12]).Sample(
            (at, cut, insert) => Parse(valid.Remove(at, Math.Min(cut, valid.Length - at)).Insert(at, insert)), iter: 5_000);
    }

    private static CallbackBatch Parse(string body) => CallbackParser.Parse("call", Encoding.UTF8.GetBytes(body), DateTimeOffset.UtcNow);
}
