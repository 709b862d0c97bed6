using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace VoiceBridge.Simulator.Audio;

/// <summary>
/// One of the two voices. Sentences that were recorded are played as recorded; anything else is synthesised: not words that
/// one understands, but speech-like sound of the right length and rhythm.
/// </summary>
internal sealed partial class Voice
{
    private const int KeptTexts = 256;
    private readonly Dictionary<string, Lazy<short[]>> _recorded = [];
    private readonly ConcurrentDictionary<string, short[]> _spoken = new();
    private readonly FormantSynthesis _synthesis;
    private readonly List<string> _sentences = [];

    private Voice(string name, FormantSynthesis synthesis)
    {
        _synthesis = synthesis;
        using var list = new StreamReader(Resource($"{name}.txt"));
        while (list.ReadLine() is { } line)
        {
            if (line.Split('|') is not [var file, var text]) continue;
            _sentences.Add(text);
            _recorded[Key(text)] = new Lazy<short[]>(() =>
            {
                using var stream = Resource($"{name}/{file}.wav");
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return Wav.Read(bytes);
            });
        }
    }

    internal static Voice Caller { get; } = new("caller", new FormantSynthesis(pitch: 105, tract: 1.0));

    internal static Voice Agent { get; } = new("agent", new FormantSynthesis(pitch: 205, tract: 1.17));

    /// <summary>The sentences that were recorded.</summary>
    internal IReadOnlyList<string> Sentences => _sentences;

    /// <summary>The text as 24 kHz samples. The array is shared: nobody may write into it.</summary>
    internal short[] Speak(string text)
    {
        if (_spoken.TryGetValue(text, out var known)) return known;
        if (_spoken.Count >= KeptTexts) _spoken.Clear();
        return _spoken[text] = Make(text);
    }

    private short[] Make(string text)
    {
        if (_recorded.TryGetValue(Key(text), out var whole)) return whole.Value;
        var samples = new List<short>(Pcm.Rate * 2);
        foreach (var sentence in SentenceEnd().Split(text).Where(s => !string.IsNullOrWhiteSpace(s)))
        {
            if (samples.Count > 0) samples.AddRange(new short[Pcm.Rate / 6]);
            samples.AddRange(_recorded.TryGetValue(Key(sentence), out var one) ? one.Value : _synthesis.Speak(sentence));
        }
        return samples.Count == 0 ? new short[Pcm.Rate / 10] : [.. samples];
    }

    private static string Key(string text)
    {
        var key = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsLetterOrDigit(c)) key.Append(char.ToLowerInvariant(c));
        }
        return key.ToString();
    }

    private static Stream Resource(string name) =>
        typeof(Voice).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is missing.");

    [GeneratedRegex(@"(?<=[.!?])\s+")]
    private static partial Regex SentenceEnd();
}
