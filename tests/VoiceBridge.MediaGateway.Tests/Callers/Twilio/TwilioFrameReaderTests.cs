using System.Text;
using System.Text.Json;
using CsCheck;
using VoiceBridge.MediaGateway.Callers.Twilio;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Callers.Twilio;

public sealed class TwilioFrameReaderTests
{
    /// <summary>A part of another network's names: all that a dialect needs.</summary>
    private static readonly TwilioDialect Dialect = new()
    {
        StreamId = JsonEncodedText.Encode("stream_id"),
        CallId = JsonEncodedText.Encode("call_control_id"),
        MediaFormat = JsonEncodedText.Encode("media_format"),
        SampleRate = JsonEncodedText.Encode("sample_rate"),
        MuLaw = JsonEncodedText.Encode("PCMU"),
        Parameters = JsonEncodedText.Encode("custom_parameters"),
    };

    [Theory]
    [InlineData("""{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"QUJD"},"streamSid":"MZ03"}""", TwilioFrameKind.Media, "QUJD")]
    [InlineData("""{"streamSid":"MZ03","media":{"payload":"QUJD","track":"inbound"},"event":"media"}""", TwilioFrameKind.Media, "QUJD")]
    [InlineData("""{"event":"media","media":{"payload":"\/\/8\u002B"}}""", TwilioFrameKind.Media, "//8+")]
    [InlineData("""{"\u0065vent":"m\u0065dia","media":{"p\u0061yload":"QUJD"}}""", TwilioFrameKind.Media, "QUJD")]
    [InlineData("""{"event":"media","media":{"x":{"payload":"WFhY"},"y":["payload"],"payload":"QUJD"},"mark":{"name":"p1"}}""", TwilioFrameKind.Media, "QUJD")]
    [InlineData("""{"event":"media","media":{"payload":""}}""", TwilioFrameKind.Media, "")]
    [InlineData("""{"event":"media","media":{"payload":null}}""", TwilioFrameKind.Media, "")]
    [InlineData("""{"event":"media","media":{"track":"outbound","payload":"QUJD"}}""", TwilioFrameKind.Other, "")]
    [InlineData("""{"event":"mark","sequenceNumber":"4","streamSid":"MZ03","mark":{"name":"p1480"}}""", TwilioFrameKind.Mark, "p1480")]
    [InlineData("""{"event":"dtmf","streamSid":"MZ03","sequenceNumber":"5","dtmf":{"track":"inbound_track","digit":"\u0023"}}""", TwilioFrameKind.Dtmf, "#")]
    [InlineData("""{"event":"stop","sequenceNumber":"5","stop":{"accountSid":"AC01","callSid":"CA02"},"streamSid":"MZ03"}""", TwilioFrameKind.Stop, "")]
    [InlineData("""{"event":"start","start":{"streamSid":"MZ03"}}""", TwilioFrameKind.Start, "")]
    [InlineData("""{"event":"connected","protocol":"Call","version":"1.0.0"}""", TwilioFrameKind.Other, "")]
    [InlineData("""{"event":"something.new","something.new":{"a":[1,{}]}}""", TwilioFrameKind.Other, "")]
    [InlineData("""{"event":7}""", TwilioFrameKind.Other, "")]
    [InlineData("""{}""", TwilioFrameKind.Other, "")]
    [InlineData("""{"event":"media","media":{"payload":"not base64!"}}""", TwilioFrameKind.Malformed, "")]
    [InlineData("""{"event":"media","media":{"payload":"QUJ"}}""", TwilioFrameKind.Malformed, "")]
    [InlineData("""{"event":"media","media":{"payload":"QUJD""", TwilioFrameKind.Malformed, "")]
    [InlineData("""{"event":"media","media":{"payload":"QUJD"}} {}""", TwilioFrameKind.Malformed, "")]
    [InlineData("""[1]""", TwilioFrameKind.Malformed, "")]
    [InlineData("", TwilioFrameKind.Malformed, "")]
    public void Messages_AreToldApart(string json, object kind, string data) => Assert.Equal(((TwilioFrameKind)kind, data), Read(json, TwilioDialect.Twilio));

    [Fact]
    public void NestedTooDeep_IsMalformed_NotAnOverflow() => Assert.Equal(TwilioFrameKind.Malformed, Read("{\"a\":" + new string('[', 100_000), TwilioDialect.Twilio).Kind);

    [Fact]
    public void Media_IsReadWhateverTheOrderAndEscaping() =>
        Gen.Select(Gen.Byte.Array[0, 800].Select(Convert.ToBase64String), Gen.Int[0, int.MaxValue]).Sample((data, seed) =>
        {
            var random = new Random(seed);
            string Text(string text) => string.Concat(text.Select(c => random.Next(6) == 0 ? $"\\u{(int)c:x4}" : c == '/' && random.Next(2) == 0 ? "\\/" : c.ToString()));
            string[] inner = [$"\"{Text("payload")}\" : \"{Text(data)}\"", $"\"track\":\"{Text("inbound")}\"", "\"chunk\":\"1\"", "\"more\":{\"payload\":[\"x\"]}"];
            random.Shuffle(inner);
            string[] outer = [$"\"event\":\"{Text("media")}\"", $"\"media\":{{{string.Join(',', inner)}}}", "\"streamSid\":\"MZ03\"", "\"new\":[{}]"];
            random.Shuffle(outer);
            return Read($" {{{string.Join(" ,", outer)}}} ", TwilioDialect.Twilio) == (TwilioFrameKind.Media, data);
        });

    [Fact, Trait("Category", Fuzz.Category)]
    public void WhateverAMessageLooksLike_ItIsReadWithoutAnException() => Fuzz.Run(
        Fuzz.Damaged(
            """{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"QUJDRA=="},"streamSid":"MZ03"}""",
            """{ "media": { "payload": "\u0051UJD\/\u002b==", "track": "inbound" }, "future": [1, {}], "event": "media" }""",
            """{"event":"mark","sequenceNumber":"4","streamSid":"MZ03","mark":{"name":"p1480"}}""",
            """{"event":"dtmf","dtmf":{"digit":"5"}}""",
            """{"event":"start","start":{"accountSid":"AC01","streamSid":"MZ03","callSid":"CA02","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"ticket":"t"}},"streamSid":"MZ03"}"""),
        bytes =>
        {
            var frame = new TwilioFrameReader(TwilioDialect.Twilio).Read(bytes, new UnescapeBuffer());
            Assert.True(frame.Kind != TwilioFrameKind.Media || Base64Text.IsValid(frame.Data));
            TwilioMessages.TryReadMark(frame.Data, out _);
            TwilioStart.Read(bytes, TwilioDialect.Twilio);
        });

    [Theory]
    [InlineData("p1480", true, 1480)]
    [InlineData("p0", true, 0)]
    [InlineData("p", false, 0)]
    [InlineData("1480", false, 0)]
    [InlineData("p14x", false, 0)]
    [InlineData("p99999999999999999999", false, 0)]
    public void Mark_IsOursByItsName(string name, bool isOurs, long position)
    {
        Assert.Equal(isOurs, TwilioMessages.TryReadMark(Encoding.UTF8.GetBytes(name), out var read));
        if (isOurs) Assert.Equal(position, read);
    }

    [Fact]
    public void Start_SaysWhoseStreamItIs()
    {
        Assert.Equal(new TwilioStart("MZ03", "CA02", "AC01", "t", null), Start(
            """{"event":"start","start":{"accountSid":"AC01","streamSid":"MZ03","callSid":"CA02","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"ticket":"t"}},"streamSid":"MZ03"}"""));
        Assert.Equal(new TwilioStart("MZ03", "CA02", null, null, null), Start("""{"streamSid":"MZ03","start":{"callSid":"CA02"},"event":"start"}"""));
        Assert.Equal("audio/x-l16, 16000 Hz, 1 channels", Start(
            """{"start":{"streamSid":"MZ03","callSid":"CA02","mediaFormat":{"encoding":"audio/x-l16","sampleRate":"16000"}}}""")!.Format);
        foreach (var bad in (string[])["""{"start":{"callSid":"CA02"}}""", """{"start":{"streamSid":"MZ03"}}""", """{"start":{"streamSid":"M\"Z","callSid":"CA02"}}""", """{"start":[]}""", "[]", "{"])
            Assert.Null(Start(bad));
    }

    [Fact]
    public void Dialect_IsATable()
    {
        const string Json =
            """{"event":"start","stream_id":"32de-0b","start":{"call_control_id":"v3:1","media_format":{"encoding":"PCMU","sample_rate":8000,"channels":1},"custom_parameters":{"ticket":"t"}}}""";
        Assert.Equal(new TwilioStart("32de-0b", "v3:1", null, "t", null), TwilioStart.Read(Encoding.UTF8.GetBytes(Json), Dialect));
        Assert.Equal((TwilioFrameKind.Start, ""), Read(Json, Dialect));
        Assert.Equal("""{"event":"clear","stream_id":"32de-0b"}""", Encoding.UTF8.GetString(new TwilioMessages("32de-0b", Dialect).Clear.Bytes.Span));
    }

    [Fact]
    public void Messages_AreWhatTwilioExpects()
    {
        var messages = new TwilioMessages("MZ03", TwilioDialect.Twilio);
        var media = messages.Media("QUJD"u8, 20);
        Assert.Equal("""{"event":"media","streamSid":"MZ03","media":{"payload":"QUJD"}}""", Encoding.UTF8.GetString(media.Bytes.Span));
        var mark = messages.Mark(1480);
        Assert.Equal("""{"event":"mark","streamSid":"MZ03","mark":{"name":"p1480"}}""", Encoding.UTF8.GetString(mark.Bytes.Span));
        Assert.Equal("""{"event":"clear","streamSid":"MZ03"}""", Encoding.UTF8.GetString(messages.Clear.Bytes.Span));
        media.Release();
        mark.Release();
    }

    private static TwilioStart? Start(string json) => TwilioStart.Read(Encoding.UTF8.GetBytes(json), TwilioDialect.Twilio);

    private static (TwilioFrameKind Kind, string Data) Read(string json, TwilioDialect dialect)
    {
        var frame = new TwilioFrameReader(dialect).Read(Encoding.UTF8.GetBytes(json), new UnescapeBuffer());
        return (frame.Kind, Encoding.UTF8.GetString(frame.Data));
    }
}
