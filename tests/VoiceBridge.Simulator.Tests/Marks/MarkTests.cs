using CsCheck;
using VoiceBridge.Simulator.Audio;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Tests.Marks;

public sealed class MarkTests
{
    [Fact]
    public void Text_ComesBackFromAudioCutAnywhere() => Gen.Select(Gen.String[Gen.Char['a', 'z'], 1, 120], Gen.Int[1, 3000], Gen.UShort[1, 9999]).Sample(
        (text, piece, mark) =>
        {
            var audio = Noise(text.Length * 64 * 2 + 2000);
            new MarkWriter(MarkWord.Encode(MarkKind.Caller, mark, 7), text).Write(audio);
            var found = new Found();
            var reader = new MarkReader();
            for (var at = 0; at < audio.Length; at += piece) reader.Read(audio.AsSpan(at, Math.Min(piece, audio.Length - at)), found);
            Assert.Equal(text, found.Text.Text);
            Assert.Equal([mark], found.Marks);
        },
        iter: 100);

    [Fact]
    public void Noise_CarriesNoMarks()
    {
        var found = new Found();
        new MarkReader().Read(Noise(24_000 * 60), found);
        Assert.Empty(found.Marks);
    }

    [Fact]
    public void Mark_ChangesNoSampleByMoreThanOne()
    {
        var audio = Noise(5_000);
        var marked = audio.ToArray();
        new MarkWriter(MarkWord.Encode(MarkKind.Agent, 1, 2), "text").Write(marked);
        Assert.All(audio.Zip(marked), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1));
    }

    [Fact]
    public void QuietFrame_CarriesItsMarkAndIsQuiet()
    {
        var frame = new short[480];
        MarkWriter.Fill(frame, MarkWord.Encode(MarkKind.Caller, 42, 0));
        var found = new Found();
        new MarkReader().Read(frame, found);
        Assert.Equal([(ushort)42], found.Marks);
        Assert.True(Pcm.Rms(frame) < 2);
    }

    private static short[] Noise(int samples)
    {
        var random = new Random(samples);
        var noise = new short[samples];
        for (var i = 0; i < samples; i++) noise[i] = (short)random.Next(short.MinValue, short.MaxValue);
        return noise;
    }

    private sealed class Found : MarkReader.ISink
    {
        internal TextCollector Text { get; } = new();

        internal HashSet<ushort> Marks { get; } = [];

        public void OnMark(MarkKind kind, uint payload)
        {
            if (kind == MarkKind.Text) Text.Add(payload);
            else Marks.Add((ushort)(payload >> 16));
        }
    }
}
