using System.Text.Json;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>
/// Reads what comes over a media stream:
/// <code>{"event":"media","sequenceNumber":"3","media":{"track":"inbound","chunk":"1","timestamp":"5","payload":"base64"},"streamSid":"MZ..."}</code>
/// Any key order, escaped text, unknown events and fields. Allocates nothing.
/// </summary>
internal sealed class TwilioFrameReader(TwilioDialect names)
{
    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public TwilioFrame Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var plain = new PlainJsonMembers(message);
        if (TryRead(ref plain, out var frame))
            return frame;
        var any = new JsonMembers(message, scratch);
        return TryRead(ref any, out frame) ? frame : default;
    }

    private bool TryRead<T>(scoped ref T members, out TwilioFrame frame)
        where T : struct, IJsonMembers, allows ref struct
    {
        var kind = TwilioFrameKind.Other;
        var isCallers = true;
        ReadOnlySpan<byte> payload = default;
        ReadOnlySpan<byte> mark = default;
        ReadOnlySpan<byte> digit = default;
        while (members.Next())
        {
            if (Is(members.Name, names.Event))
                kind = KindOf(members.ReadText());
            else if (Is(members.Name, names.Media) && members.Enter())
            {
                while (members.Next())
                {
                    if (Is(members.Name, names.Payload))
                        payload = members.ReadBase64();
                    else if (Is(members.Name, names.Track) && members.ReadText() is { IsEmpty: false } track)
                        isCallers = Is(track, names.Inbound);
                }
            }
            else if (Is(members.Name, names.Mark) && members.Enter())
            {
                while (members.Next())
                {
                    if (Is(members.Name, names.Name))
                        mark = members.ReadText();
                }
            }
            else if (Is(members.Name, names.Dtmf) && members.Enter())
            {
                while (members.Next())
                {
                    if (Is(members.Name, names.Digit))
                        digit = members.ReadText();
                }
            }
        }
        frame = kind switch
        {
            TwilioFrameKind.Media => isCallers ? new TwilioFrame(kind, payload) : new TwilioFrame(TwilioFrameKind.Other, default),
            TwilioFrameKind.Mark => new TwilioFrame(kind, mark),
            TwilioFrameKind.Dtmf => new TwilioFrame(kind, digit),
            _ => new TwilioFrame(kind, default),
        };
        return members.IsWhole();
    }

    private TwilioFrameKind KindOf(ReadOnlySpan<byte> name) =>
        Is(name, names.Media) ? TwilioFrameKind.Media
        : Is(name, names.Mark) ? TwilioFrameKind.Mark
        : Is(name, names.Dtmf) ? TwilioFrameKind.Dtmf
        : Is(name, names.Start) ? TwilioFrameKind.Start
        : Is(name, names.Stop) ? TwilioFrameKind.Stop
        : TwilioFrameKind.Other;

    private static bool Is(ReadOnlySpan<byte> text, JsonEncodedText name) => text.SequenceEqual(name.EncodedUtf8Bytes);
}

internal enum TwilioFrameKind
{
    /// <summary>Not a JSON object, or its audio is not base64.</summary>
    Malformed,

    Start,
    Media,
    Mark,
    Dtmf,
    Stop,

    /// <summary>An event that says nothing to us, or is not known here: new ones may come any day.</summary>
    Other,
}

/// <summary>A message of the media stream. <see cref="Data"/> is base64 of media (empty: silence), the name of a mark, the digit of a key; it lies in the message or in
/// the scratch buffer.</summary>
internal readonly ref struct TwilioFrame(TwilioFrameKind kind, ReadOnlySpan<byte> data)
{
    public TwilioFrameKind Kind { get; } = kind;

    public ReadOnlySpan<byte> Data { get; } = data;
}
