using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VoiceBridge.System.Tests.Recordings;

/// <summary>A recorded call: the caller left, what the caller heard right.</summary>
internal sealed record WavFile(int Rate, short[] Left, short[] Right)
{
    private const int HeaderBytes = 44;

    internal static WavFile Read(string path)
    {
        var file = File.ReadAllBytes(path);
        var both = MemoryMarshal.Cast<byte, short>(file.AsSpan(HeaderBytes));
        var left = new short[both.Length / 2];
        var right = new short[both.Length / 2];
        for (var i = 0; i < left.Length; i++) (left[i], right[i]) = (both[2 * i], both[2 * i + 1]);
        return new WavFile(BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(24)), left, right);
    }

    /// <summary>Where somebody speaks: stretches louder than a line's noise, pauses under 400 ms bridged.</summary>
    internal IReadOnlyList<(int From, int To)> Speech(short[] channel)
    {
        var frame = Rate / 50;
        var found = new List<(int From, int To)>();
        for (var at = 0; at + frame <= channel.Length; at += frame)
        {
            if (Loudness(channel.AsSpan(at, frame)) < 200) continue;
            if (found.Count > 0 && at - found[^1].To < Rate * 2 / 5) found[^1] = (found[^1].From, at + frame);
            else found.Add((at, at + frame));
        }
        return found;
    }

    private static double Loudness(ReadOnlySpan<short> samples)
    {
        var sum = 0.0;
        foreach (var sample in samples) sum += (double)sample * sample;
        return Math.Sqrt(sum / samples.Length);
    }
}
