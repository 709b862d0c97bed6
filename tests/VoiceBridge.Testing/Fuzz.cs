using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;

namespace VoiceBridge.Testing;

/// <summary>
/// Feeds a reader with made-up and damaged inputs: few in an ordinary run, <c>VOICEBRIDGE_FUZZ</c> of them (<c>bench/fuzz.sh</c>) in a
/// long one. The reader must not throw. That it neither takes long nor keeps anything is measured in a long run only: an ordinary one has neighbours in its process,
/// whose memory and processor time nobody can tell from its own.
/// </summary>
public static class Fuzz
{
    /// <summary>The category of the tests that use it, for filters.</summary>
    public const string Category = "Fuzz";

    private const long Few = 5_000;
    private const long MostGrowth = 64L * 1024 * 1024;
    private static readonly TimeSpan LongestInput = TimeSpan.FromSeconds(20);

    /// <summary>Any bytes, any text, and the samples with parts cut out, doubled, overwritten, and strange ones put in.</summary>
    public static Gen<byte[]> Damaged(params string[] samples)
    {
        string[] pieces =
        [
            "{", "}", "[", "]", "\"", ",", ":", "\\", "\\u", "\\ud800", "\\udc00", "\\u0000", "\0", "null", "true", "-", "1e999", "0.", "99999999999999999999", " ",
            "\uFEFF", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":{\"a\":", "\"data\":", "\"type\":", "\"kind\":", "é", "💥",
        ];
        var piece = Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);
        var wholes = samples.Select(Encoding.UTF8.GetBytes).ToArray();
        var whole = Gen.Int[0, wholes.Length - 1].Select(i => wholes[i]);
        var edit = Gen.Select(Gen.Double[0, 1], Gen.Int[0, 40], piece, Gen.Byte, Gen.Int[0, 3]);
        var damaged = Gen.Select(whole, edit.Array[1, 6], (bytes, edits) =>
        {
            foreach (var (where, length, put, value, how) in edits)
            {
                if (bytes.Length == 0) return bytes;
                var at = (int)(where * (bytes.Length - 1));
                var end = Math.Min(bytes.Length, at + length);
                bytes = how switch
                {
                    0 => [.. bytes[..at], .. Encoding.UTF8.GetBytes(put), .. bytes[end..]],
                    1 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
                    2 => [.. bytes[..end], .. bytes[at..]],
                    _ => bytes[..end],
                };
            }

            return bytes;
        });
        return Gen.Frequency((1, Gen.Byte.Array[0, 300]), (1, Gen.String.Select(Encoding.UTF8.GetBytes)), (8, damaged));
    }

    /// <summary>Runs the reader over the inputs; the test fails with the seed of an input that it cannot take.</summary>
    public static void Run<T>(Gen<T> inputs, Action<T> read)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(read);
        var alone = long.TryParse(Environment.GetEnvironmentVariable("VOICEBRIDGE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted);
        var count = alone ? wanted : Few;
        var slowest = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = Stopwatch.GetTimestamp();
        inputs.Sample(
            input =>
            {
                var started = Stopwatch.GetTimestamp();
                read(input);
                var took = Stopwatch.GetTimestamp() - started;
                if (took > Volatile.Read(ref slowest)) Volatile.Write(ref slowest, took);
            },
            iter: count,
            threads: 2);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        var longest = Stopwatch.GetElapsedTime(0, slowest);
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"fuzz: {TestContext.Current.TestMethod?.TestClass.TestClassSimpleName}: {count:N0} inputs in {seconds:F0} s, slowest {longest.TotalMilliseconds:F1} ms, heap {grown / 1024.0:+0;-0} KiB"));
        if (!alone) return;
        Assert.True(grown < MostGrowth, $"The heap has grown by {grown:N0} bytes.");
        Assert.True(longest < LongestInput, $"One input took {longest}.");
    }
}
