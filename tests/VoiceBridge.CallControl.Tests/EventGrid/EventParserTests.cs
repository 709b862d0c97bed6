using System.Text;
using Azure.Messaging.EventGrid.SystemEvents;
using VoiceBridge.CallControl.Tests.Fakes;
using VoiceBridge.Testing;

namespace VoiceBridge.CallControl.Tests.EventGrid;

public sealed class EventParserTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void IncomingCall_IsReadInBothSchemas_AloneAndInArrays(bool cloudEvent, bool array)
    {
        var item = cloudEvent ? Payloads.CloudIncomingCall("c1", "ctx") : Payloads.IncomingCall("c1", "ctx");

        var batch = EventParser.Parse(Encoding.UTF8.GetBytes(array ? $"[{item}]" : item));

        Assert.Empty(batch.Malformed);
        var read = Assert.Single(batch.Events);
        var call = IncomingCallReader.Read(read.RawData, read.Time!.Value, out _)!;
        Assert.Equal(("c1", "ctx", "+14255550100", "+14255550199"), (call.CorrelationId, call.IncomingCallContext, call.From, call.To));
        Assert.Equal(0, call.RangAt.Ticks % TimeSpan.TicksPerSecond);
    }

    [Fact]
    public void Body_OfNothingButUnreadableEvents_EndsEarly()
    {
        var batch = EventParser.Parse(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("1", 100_000))}]"));

        Assert.Equal(EventBody.MaxMalformedEvents, batch.Malformed.Count);
    }

    [Fact]
    public void MalformedEvents_DoNotSpoilTheOthers()
    {
        string[] items =
        [
            "5", "null", "{}", """{"eventType":"X","eventTime":"junk","id":"1","subject":"s","data":{}}""",
            """{"specversion":"1.0"}""", Payloads.IncomingCall("c1", "ctx"),
            """{"specversion":"1.0","type":"Microsoft.Communication.IncomingCall","source":"/s","id":"1","time":"2026-10-04T17:18:42Z","data":"oops"}""",
            """{"id":"2","subject":"s","eventType":"Some.Thing","eventTime":"2026-10-04T17:18:42Z","dataVersion":"1","data":{}}""",
        ];

        var batch = EventParser.Parse(Encoding.UTF8.GetBytes($"[{string.Join(',', items)}]"));

        Assert.Single(batch.Events, e => e.SystemData is AcsIncomingCallEventData);
        Assert.Single(batch.Events, e => e.Type == "Some.Thing");
        Assert.Equal(4, batch.Malformed.Count);
    }

    [Fact]
    public void RedirectedCall_IsForTheNumberThatWasDialled()
    {
        var item = Payloads.IncomingCall("c1", "ctx", onBehalfOf: "+14255550188");

        var read = EventParser.Parse(Encoding.UTF8.GetBytes(item)).Events[0];

        Assert.Equal("+14255550188", IncomingCallReader.Read(read.RawData, read.Time!.Value, out _)!.To);
    }

    [Fact]
    public void Identifiers_WithOnlyARawId_AreUnderstood()
    {
        var item = Payloads.IncomingCall("c1", "ctx", from: """{"rawId":"8:acs:a_b"}""", to: """{"rawId":"4:+14255550177"}""");

        var read = EventParser.Parse(Encoding.UTF8.GetBytes(item)).Events[0];
        var call = IncomingCallReader.Read(read.RawData, read.Time!.Value, out _)!;

        Assert.Equal(("8:acs:a_b", "+14255550177"), (call.From, call.To));
    }

    [Fact, Trait("Category", Fuzz.Category)]
    public void Parser_NeverThrows() => Fuzz.Run(
        Fuzz.Damaged($"[{Payloads.IncomingCall("c1", "ctx")},{Payloads.CloudIncomingCall("c2", "ctx")}]", $"[{Payloads.Validation("code")}]"),
        body =>
        {
            foreach (var item in EventParser.Parse(body).Events)
            {
                IncomingCallReader.Read(item.RawData, item.Time ?? DateTimeOffset.UnixEpoch, out _);
            }
        });

    [Fact]
    public void Parser_RefusesDeepNesting() =>
        Assert.NotEmpty(EventParser.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000))).Malformed);
}
