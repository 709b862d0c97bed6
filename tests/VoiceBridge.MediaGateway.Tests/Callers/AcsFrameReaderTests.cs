using System.Text;
using CsCheck;
using VoiceBridge.MediaGateway.Callers.Acs;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.Testing;

namespace VoiceBridge.MediaGateway.Tests.Callers;

public sealed class AcsFrameReaderTests
{
    private static readonly Gen<string> Base64 = Gen.Byte.Array[0, 2_000].Select(Convert.ToBase64String);
    private static readonly Gen<string> Space = Gen.Int[0, 3].Select(i => i switch { 2 => " ", 3 => "\n\t ", _ => "" });

    [Theory]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"QUJD","timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"4:+1425","silent":false}}""", "QUJD")]
    [InlineData("""{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14Z","participantRawID":null,"data":"QUJD","silent":true}}""", "QUJD")]
    [InlineData("""{"audioData":{"silent":false,"data":"QUJD"},"kind":"AudioData"}""", "QUJD")]
    [InlineData("""{"Kind":"audiodata","AudioData":{"Data":"QUJD"},"StopAudio":null}""", "QUJD")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"\u002B\/AA"}}""", "+/AA")]
    [InlineData("""{"kind":"AudioData","audioData":{"x":{"data":"WFhY"},"y":["data","WFhY"],"data":"QUJD"}}""", "QUJD")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":""}}""", "")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":null,"silent":true}}""", "")]
    [InlineData("""{"kind":"AudioData","audioData":{"silent":true}}""", "")]
    [InlineData("""{"kind":"AudioData","audioData":null}""", "")]
    public void Audio_IsFound(string json, string data)
    {
        var (kind, read) = Read(json);
        Assert.Equal(AcsFrameKind.Audio, kind);
        Assert.Equal(data, read);
    }

    [Theory]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"x","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}""", AcsFrameKind.Metadata, "")]
    [InlineData("""{"kind":"DtmfData","dtmfData":{"data":"5"}}""", AcsFrameKind.Dtmf, "5")]
    [InlineData("""{"kind":"DtmfData","dtmfData":{"data":"\u0023"}}""", AcsFrameKind.Dtmf, "#")]
    [InlineData("""{"kind":"SomethingNew","somethingNew":{"a":[1,2,{"b":null}]}}""", AcsFrameKind.Other, "")]
    [InlineData("""{"kind":5,"audioData":{"data":"QUJD"}}""", AcsFrameKind.Other, "")]
    [InlineData("""{}""", AcsFrameKind.Other, "")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"not base64!"}}""", AcsFrameKind.Malformed, "")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"QUJ"}}""", AcsFrameKind.Malformed, "")]
    [InlineData("""{"kind":"AudioData","audioData":{"data":"QUJD""", AcsFrameKind.Malformed, "")]
    [InlineData("""[1]""", AcsFrameKind.Malformed, "")]
    [InlineData("""garbage""", AcsFrameKind.Malformed, "")]
    [InlineData("", AcsFrameKind.Malformed, "")]
    public void OtherMessages_AreTold_Apart(string json, object kind, string data)
    {
        var read = Read(json);
        Assert.Equal((AcsFrameKind)kind, read.Kind);
        Assert.Equal(data, read.Data);
    }

    [Fact]
    public void NestedTooDeep_IsMalformed_NotAnOverflow() =>
        Assert.Equal(AcsFrameKind.Malformed, Read("{\"a\":" + new string('[', 100_000)).Kind);

    [Fact]
    public void Audio_IsReadWhateverTheOrderCasingSpacingAndEscaping() =>
        Gen.Select(Base64, Gen.Int[0, 23], Gen.Bool, Gen.Bool, Space, Gen.Int[0, int.MaxValue])
            .Sample((data, order, upper, escape, space, seed) =>
            {
                var json = Compose(data, order, upper, escape, space, new Random(seed));
                var (kind, read) = Read(json);
                return kind == AcsFrameKind.Audio && read == data;
            });

    [Fact]
    public void AnyBytes_AreReadWithoutAnException() =>
        Gen.Byte.Array[0, 300].Sample(bytes => AcsFrameReader.Read(bytes, new UnescapeBuffer()).Kind != AcsFrameKind.Audio);

    [Fact, Trait("Category", Fuzz.Category)]
    public void Whatever_AFrameLooksLike_ItIsReadWithoutAnException() => Fuzz.Run(
        Fuzz.Damaged(
            """{"kind":"AudioData","audioData":{"timestamp":"2026-10-04T10:13:14.867Z","participantRawID":"4:+1","data":"QUJDRA==","silent":false}}""",
            """{ "Kind": "AudioData", "future": [1, {}], "audioData": { "data": "\u0051UJD\/\u002b==", "silent": true } }""",
            """{"kind":"DtmfData","dtmfData":{"data":"5","timestamp":"2026-10-04T10:13:14.867Z"}}""",
            """{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"x","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}"""),
        bytes =>
        {
            var frame = AcsFrameReader.Read(bytes, new UnescapeBuffer());
            Assert.True(frame.Kind != AcsFrameKind.Audio || Base64Text.IsValid(frame.Data));
        });

    [Fact]
    public void DamagedMessages_AreReadWithoutAnException() =>
        Gen.Select(Base64, Gen.Int[0, 23], Gen.Int[0, int.MaxValue]).Sample((data, order, seed) =>
        {
            var random = new Random(seed);
            var bytes = Encoding.UTF8.GetBytes(Compose(data, order, false, true, "", random));
            for (var i = random.Next(1, 5); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var frame = AcsFrameReader.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)), new UnescapeBuffer());
            return frame.Kind != AcsFrameKind.Audio || Base64Text.IsValid(frame.Data);
        });

    private static (AcsFrameKind Kind, string Data) Read(string json)
    {
        var frame = AcsFrameReader.Read(Encoding.UTF8.GetBytes(json), new UnescapeBuffer());
        return (frame.Kind, Encoding.UTF8.GetString(frame.Data));
    }

    private static string Compose(string data, int order, bool upper, bool escape, string space, Random random)
    {
        var text = escape ? string.Concat(data.Select(c => c switch
        {
            '+' => "\\u002B",
            '/' => random.Next(2) == 0 ? "\\/" : "\\u002f",
            'A' when random.Next(8) == 0 => "\\u0041",
            _ => c.ToString(),
        })) : data;
        string Name(string name) => upper ? $"\"{char.ToUpperInvariant(name[0])}{name[1..]}\"" : $"\"{name}\"";
        var inner = Shuffle(order,
        [
            $"{Name("data")}{space}:{space}\"{text}\"", $"{Name("silent")}:false", $"{Name("timestamp")}:\"2026-10-04T10:13:14.8671234Z\"",
            $"\"future\":{{\"data\":[1,{{}}]}}",
        ]);
        var audio = $"{Name("audioData")}:{space}{{{space}{string.Join("," + space, inner)}{space}}}";
        var outer = Shuffle(order, [$"{Name("kind")}:{space}\"AudioData\"", audio, $"{Name("stopAudio")}:null", "\"extra\":{\"kind\":\"DtmfData\"}"]);
        return $"{space}{{{string.Join("," + space, outer)}{space}}}{space}";
    }

    private static List<string> Shuffle(int order, List<string> parts)
    {
        var shuffled = new List<string>();
        for (var left = parts.Count; left > 0; order /= left, left--)
        {
            shuffled.Add(parts[order % left]);
            parts.RemoveAt(order % left);
        }
        return shuffled;
    }

    [Theory]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}""", null)]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM"}}""", null)]
    [InlineData("""{"kind":"AudioMetadata","audioMetadata":{"encoding":"PCM","sampleRate":16000,"channels":1,"length":640}}""", "16000 Hz, 1 channels")]
    [InlineData("""{"Kind":"AudioMetadata","AudioMetadata":{"SampleRate":24000,"Channels":2}}""", "24000 Hz, 2 channels")]
    public void FormatThatWasNotAskedFor_IsNoticed(string json, string? format) =>
        Assert.Equal(format, AcsLeg.WrongFormat(Encoding.UTF8.GetBytes(json), new UnescapeBuffer()));
}
