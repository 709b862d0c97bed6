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
    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public static AcsFrame Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch) =>
        TryRead(message, null, out var frame) || TryRead(message, scratch, out frame) ? frame : default;

    private static bool TryRead(ReadOnlySpan<byte> message, UnescapeBuffer? scratch, out AcsFrame frame)
    {
        var members = new JsonMembers(message, scratch);
        AcsFrameKind? kind = null;
        AcsFrameKind? guessed = null;
        ReadOnlySpan<byte> data = default;
        ReadOnlySpan<byte> tone = default;
        while (members.Next())
        {
            if (members.NameIsIgnoringCase("kind"u8))
                kind = KindOf(members.ReadText());
            else if (members.NameIsIgnoringCase("audioData"u8))
            {
                if (!members.Enter())
                    continue;
                guessed = AcsFrameKind.Audio;
                data = default;
                while (members.Next())
                {
                    if (!members.NameIsIgnoringCase("data"u8))
                        continue;
                    data = members.ReadBase64();
                    // The form that ACS really sends: what follows says nothing more.
                    if (scratch is null && kind == AcsFrameKind.Audio && !members.HasFailed)
                    {
                        frame = new AcsFrame(AcsFrameKind.Audio, data);
                        return true;
                    }
                }
            }
            else if (members.NameIsIgnoringCase("dtmfData"u8) && members.Enter())
            {
                guessed ??= AcsFrameKind.Dtmf;
                while (members.Next())
                {
                    if (members.NameIsIgnoringCase("data"u8))
                        tone = members.ReadText();
                }
            }
        }
        kind ??= guessed ?? AcsFrameKind.Other;
        frame = new AcsFrame(kind.Value, kind switch { AcsFrameKind.Audio => data, AcsFrameKind.Dtmf => tone, _ => default });
        return members.IsWhole() && (kind != AcsFrameKind.Audio || members.IsBase64);
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
