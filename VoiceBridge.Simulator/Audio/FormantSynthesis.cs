namespace VoiceBridge.Simulator.Audio;

/// <summary>
/// The smallest speech synthesis that sounds like somebody speaking: letters become vowels (a pulse train through three
/// resonators) or consonants (noise, or a short closure), with a falling melody over the sentence.
/// </summary>
internal sealed class FormantSynthesis(double pitch, double tract)
{
    private const double VowelSeconds = 0.085;
    private const double ConsonantSeconds = 0.045;
    private const double PauseSeconds = 0.05;
    private const double Level = 7000;

    internal short[] Speak(string sentence)
    {
        var samples = new List<short>(Pcm.Rate * 2);
        var random = new Random(sentence.Length); // the same sentence sounds the same every time
        var first = new Resonator(90);
        var second = new Resonator(110);
        var third = new Resonator(170);
        double phase = 0;
        for (var i = 0; i < sentence.Length; i++)
        {
            var letter = char.ToLowerInvariant(sentence[i]);
            var (kind, f1, f2) = Sound(letter);
            var seconds = kind switch { Kind.Vowel => VowelSeconds, Kind.Pause => PauseSeconds, _ => ConsonantSeconds };
            var count = (int)(seconds * Pcm.Rate);
            var melody = pitch * (1.12 - 0.25 * i / Math.Max(sentence.Length, 1) + 0.04 * Math.Sin(i * 0.9));
            first.Tune(f1 * tract);
            second.Tune(f2 * tract);
            third.Tune(2600 * tract);
            for (var n = 0; n < count; n++)
            {
                phase += melody / Pcm.Rate;
                double source = 0;
                if (phase >= 1)
                {
                    phase -= 1;
                    if (kind is Kind.Vowel or Kind.Voiced) source = 1;
                }
                if (kind == Kind.Noise) source = (random.NextDouble() - 0.5) * 0.25;
                var sound = first.Next(source) + 0.6 * second.Next(source) + 0.25 * third.Next(source);
                var edge = Math.Min(1, Math.Min(n, count - n) / (0.008 * Pcm.Rate));
                var loud = kind switch { Kind.Vowel => 1.0, Kind.Voiced => 0.5, Kind.Noise => 0.5, _ => 0.0 };
                samples.Add((short)Math.Clamp(sound * Level * loud * (0.4 + 0.6 * edge), -30_000, 30_000));
            }
        }
        return [.. samples];
    }

    private static (Kind, double F1, double F2) Sound(char letter) => letter switch
    {
        'a' => (Kind.Vowel, 730, 1200),
        'e' => (Kind.Vowel, 530, 1840),
        'i' or 'y' => (Kind.Vowel, 300, 2250),
        'o' => (Kind.Vowel, 520, 880),
        'u' or 'w' => (Kind.Vowel, 320, 900),
        's' or 'f' or 'h' or 'c' or 'z' or 'x' => (Kind.Noise, 2500, 4200),
        'm' or 'n' or 'l' or 'r' or 'v' or 'j' => (Kind.Voiced, 280, 1300),
        >= '0' and <= '9' => (Kind.Vowel, 400 + 35 * (letter - '0'), 1900 - 80 * (letter - '0')),
        _ when char.IsLetter(letter) => (Kind.Closure, 400, 1500),
        _ => (Kind.Pause, 500, 1500),
    };

    private enum Kind
    {
        Vowel,
        Voiced,
        Noise,
        Closure,
        Pause,
    }

    /// <summary>A second-order resonator of a given bandwidth in Hz.</summary>
    private sealed class Resonator(double bandwidth)
    {
        private double _b1, _b2, _gain, _y1, _y2;

        internal void Tune(double frequency)
        {
            var radius = Math.Exp(-Math.PI * bandwidth / Pcm.Rate);
            _b1 = 2 * radius * Math.Cos(2 * Math.PI * frequency / Pcm.Rate);
            _b2 = -radius * radius;
            _gain = 0.45;
        }

        internal double Next(double input)
        {
            var y = _gain * input + _b1 * _y1 + _b2 * _y2;
            _y2 = _y1;
            _y1 = y;
            return y;
        }
    }
}
