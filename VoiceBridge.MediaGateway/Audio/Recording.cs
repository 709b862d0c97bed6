using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Audio;

internal enum RecordingKind
{
    /// <summary>A technical problem: the call cannot go on here.</summary>
    Apology,

    /// <summary>One moment, please.</summary>
    Hold,

    /// <summary>Two soft tones: somebody is at work.</summary>
    Working,
}

/// <summary>A short recording, one buffer of each format for all calls. They are made by <c>eng/recordings.sh</c> and embedded as G.711 µ-law at 8 kHz.</summary>
/// <param name="MuLaw">The samples as they are embedded.</param>
/// <param name="Yields">Stops when the caller speaks, whether the agent may be interrupted or not; it is nothing that they must hear.</param>
internal sealed record Recording(byte[] MuLaw, bool Yields)
{
    private const string DefaultLanguage = "en";
    private static readonly ConcurrentDictionary<(RecordingKind, string), Recording> Loaded = new();

    private readonly ConcurrentDictionary<AudioFormat, ReadOnlyMemory<byte>> _texts = new();

    /// <summary>The recording in the first of the languages (BCP 47) that there is one in, else in English.</summary>
    public static Recording Find(RecordingKind kind, IReadOnlyList<string> languages)
    {
        var language = languages.Select(tag => tag.Split('-')[0].ToLowerInvariant()).FirstOrDefault(tag => Resource(kind, tag) is not null) ?? DefaultLanguage;
        return Loaded.GetOrAdd((kind, language), _ => Load(kind, language));
    }

    /// <summary>The recording in the format of a leg, as base64.</summary>
    public ReadOnlyMemory<byte> In(AudioFormat format) => _texts.GetOrAdd(format, it => Base64Text.Encode(it == AudioFormat.MuLaw8k ? MuLaw : ToPcm24k(MuLaw)));

    private static string? Resource(RecordingKind kind, string language)
    {
        var name = $"Recordings.{kind}.{language}.ulaw".ToLowerInvariant();
        return Array.Find(typeof(Recording).Assembly.GetManifestResourceNames(), resource => resource.EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    private static Recording Load(RecordingKind kind, string language)
    {
        using var stream = typeof(Recording).Assembly.GetManifestResourceStream(Resource(kind, language)!)!;
        var ulaw = new byte[stream.Length];
        stream.ReadExactly(ulaw);
        return new Recording(ulaw, Yields: kind != RecordingKind.Apology);
    }

    private static byte[] ToPcm24k(byte[] ulaw)
    {
        var samples = new short[ulaw.Length * 3];
        var before = 0;
        for (var i = 0; i < ulaw.Length; i++)
        {
            // Three samples for one, on a straight line.
            var sample = Decode(ulaw[i]);
            samples[3 * i] = (short)(before + (sample - before) / 3);
            samples[3 * i + 1] = (short)(before + (sample - before) * 2 / 3);
            samples[3 * i + 2] = (short)sample;
            before = sample;
        }
        return MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
    }

    /// <summary>ITU-T G.711, µ-law.</summary>
    private static int Decode(byte value)
    {
        var inverted = ~value;
        var magnitude = ((((inverted & 0x0F) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
        return (inverted & 0x80) != 0 ? -magnitude : magnitude;
    }
}
