using System.Text;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>
/// Reads what ACS sends over the media socket (Call Automation, "Audio streaming"):
/// <code>{"kind":"AudioData","audioData":{"timestamp":"...","data":"base64","silent":false}}</code>
/// Any key order and casing, escaped text, unknown fields and kinds. Allocates nothing.
/// </summary>
internal static class AcsFrameReader
{
    private static ReadOnlySpan<byte> AudioStart => "{\"kind\":\"AudioData\",\"audioData\":{"u8;

    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public static AcsFrame Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch) =>
        TryReadAudio(message, out var frame) || TryReadAny(message, scratch, out frame) ? frame : default;

    /// <summary>The form that ACS really sends; what follows the audio says nothing more.</summary>
    private static bool TryReadAudio(ReadOnlySpan<byte> message, out AcsFrame frame)
    {
        frame = default;
        if (!message.StartsWith(AudioStart))
            return false;
        var members = new PlainJsonMembers(message[(AudioStart.Length - 1)..]);
        while (members.Next())
        {
            if (!members.Name.SequenceEqual("data"u8))
                continue;
            frame = new AcsFrame(AcsFrameKind.Audio, members.ReadBase64());
            return !members.HasFailed;
        }
        return false;
    }

    private static bool TryReadAny(ReadOnlySpan<byte> message, UnescapeBuffer scratch, out AcsFrame frame)
    {
        var members = new JsonMembers(message, scratch);
        AcsFrameKind? kind = null;
        AcsFrameKind? guessed = null;
        ReadOnlySpan<byte> audio = default;
        ReadOnlySpan<byte> tone = default;
        while (members.Next())
        {
            if (members.NameIs("kind"u8))
                kind = KindOf(members.ReadText());
            else if (members.NameIs("audioData"u8) && members.Enter())
            {
                guessed = AcsFrameKind.Audio;
                while (members.Next())
                {
                    if (members.NameIs("data"u8))
                        audio = members.ReadText();
                }
            }
            else if (members.NameIs("dtmfData"u8) && members.Enter())
            {
                guessed ??= AcsFrameKind.Dtmf;
                while (members.Next())
                {
                    if (members.NameIs("data"u8))
                        tone = members.ReadText();
                }
            }
        }
        kind ??= guessed ?? AcsFrameKind.Other;
        frame = new AcsFrame(kind.Value, kind switch { AcsFrameKind.Audio => audio, AcsFrameKind.Dtmf => tone, _ => default });
        return members.IsWhole() && (kind != AcsFrameKind.Audio || Base64Text.IsValid(audio));
    }

    private static AcsFrameKind KindOf(ReadOnlySpan<byte> kind)
    {
        if (Ascii.EqualsIgnoreCase(kind, "AudioData"u8))
            return AcsFrameKind.Audio;
        if (Ascii.EqualsIgnoreCase(kind, "DtmfData"u8))
            return AcsFrameKind.Dtmf;
        return Ascii.EqualsIgnoreCase(kind, "AudioMetadata"u8) ? AcsFrameKind.Metadata : AcsFrameKind.Other;
    }
}

internal enum AcsFrameKind
{
    /// <summary>Not a JSON object, or its audio is not base64.</summary>
    Malformed,

    Audio,
    Metadata,
    Dtmf,

    /// <summary>A kind that is not known here: new ones may come any day.</summary>
    Other,
}

/// <summary>A message of the ACS media socket. <see cref="Data"/> is base64 for audio (empty: silence), the tone for DTMF; it lies in the
/// message or in the scratch buffer.</summary>
internal readonly ref struct AcsFrame(AcsFrameKind kind, ReadOnlySpan<byte> data)
{
    public AcsFrameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Data { get; } = data;
}
