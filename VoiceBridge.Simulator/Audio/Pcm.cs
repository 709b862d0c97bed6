using System.Numerics;
using System.Runtime.InteropServices;

namespace VoiceBridge.Simulator.Audio;

/// <summary>16 bit signed little-endian mono PCM: what audio is here, whatever it is on the wire.</summary>
internal static class Pcm
{
    /// <summary>Samples a second on the Voice Live side with <c>pcm16</c>, and on the ACS side with <c>pcm24KMono</c>.</summary>
    internal const int Rate = 24_000;

    /// <summary>ACS sends and plays packets of this many milliseconds.</summary>
    internal const int FrameMilliseconds = 20;

    /// <summary>Louder than this (RMS) counts as somebody speaking. The recordings lie above 2,000, a quiet line below 50.</summary>
    internal const double SpeechRms = 300;

    internal static int SamplesPerFrame(int rate) => rate * FrameMilliseconds / 1000;

    internal static Span<short> Samples(Span<byte> bytes) => MemoryMarshal.Cast<byte, short>(bytes);

    internal static ReadOnlySpan<short> Samples(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, short>(bytes);

    internal static Span<byte> Bytes(Span<short> samples) => MemoryMarshal.AsBytes(samples);

    internal static ReadOnlySpan<byte> Bytes(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples);

    internal static double Milliseconds(long samples, int rate) => samples * 1000.0 / rate;

    /// <summary>The sum of the squares, for levels over several pieces.</summary>
    internal static double Energy(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        var i = 0;
        for (; i <= samples.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(samples[i..]), out var low, out var high);
            sum += Vector.Sum(Vector.ConvertToSingle(low) * Vector.ConvertToSingle(low) + Vector.ConvertToSingle(high) * Vector.ConvertToSingle(high));
        }
        for (; i < samples.Length; i++) sum += (double)samples[i] * samples[i];
        return sum;
    }

    internal static double Rms(ReadOnlySpan<short> samples) => samples.IsEmpty ? 0 : Math.Sqrt(Energy(samples) / samples.Length);

    /// <summary>Linear interpolation: good enough for speech that is judged by ear only.</summary>
    internal static short[] Resample(ReadOnlySpan<short> samples, int from, int to)
    {
        if (from == to || samples.IsEmpty) return samples.ToArray();
        var result = new short[(int)((long)samples.Length * to / from)];
        for (var i = 0; i < result.Length; i++)
        {
            var position = (double)i * from / to;
            var at = (int)position;
            var next = Math.Min(at + 1, samples.Length - 1);
            result[i] = (short)(samples[at] + (samples[next] - samples[at]) * (position - at));
        }
        return result;
    }

    /// <summary>Twice the rate by a four point filter: what 12 kHz recordings need to become 24 kHz without a whistle.</summary>
    internal static short[] Double(ReadOnlySpan<short> samples)
    {
        var result = new short[samples.Length * 2];
        for (var i = 0; i < samples.Length; i++)
        {
            int before = samples[Math.Max(i - 1, 0)], here = samples[i];
            int next = samples[Math.Min(i + 1, samples.Length - 1)], after = samples[Math.Min(i + 2, samples.Length - 1)];
            result[2 * i] = (short)here;
            result[2 * i + 1] = (short)Math.Clamp((9 * (here + next) - before - after) / 16, short.MinValue, short.MaxValue);
        }
        return result;
    }
}
