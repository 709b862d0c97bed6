using System.Text.Json;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>
/// Reads what ACS sends over the media socket (Call Automation, "Audio streaming"):
/// <code>{"kind":"AudioData","audioData":{"timestamp":"...","data":"base64","silent":false}}</code>
/// Any key order and casing, escaped text, unknown fields and kinds. Allocates nothing.
/// </summary>
internal static class AcsFrameReader
{
    private const int MaxDepth = 16;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public static AcsFrame Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        if (TryReadPlainAudio(message, out var data))
            return new AcsFrame(AcsFrameKind.Audio, data);
        try
        {
            return ReadAny(message, scratch);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>The form that ACS really sends: no white space, <c>kind</c> first, plain strings, in whatever order inside.</summary>
    internal static bool TryReadPlainAudio(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!message.StartsWith("{\"kind\":\"AudioData\",\"audioData\":{"u8))
            return false;
        var rest = message["{\"kind\":\"AudioData\",\"audioData\":{"u8.Length..];
        while (rest.Length > 8)
        {
            if (rest.StartsWith("\"data\":\""u8))
            {
                rest = rest[8..];
                var length = Base64Text.LengthUntilQuote(rest);
                if (length < 0)
                    return false;
                data = rest[..length];
                return true;
            }

            // Another member: "name":"plain string", or "name":literal,
            if (rest[0] != (byte)'"')
                return false;
            var colon = rest.IndexOf("\":"u8);
            if (colon < 0 || colon + 2 >= rest.Length)
                return false;
            rest = rest[(colon + 2)..];
            int end;
            if (rest[0] == (byte)'"')
            {
                end = rest[1..].IndexOfAny((byte)'"', (byte)'\\') + 1;
                if (end <= 0 || rest[end] != (byte)'"')
                    return false;
                end++;
            }
            else
            {
                end = rest.IndexOfAny(",}{["u8);
            }
            if (end <= 0 || end >= rest.Length || rest[end] != (byte)',')
                return false;
            rest = rest[(end + 1)..];
        }
        return false;
    }

    private static AcsFrame ReadAny(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var reader = new Utf8JsonReader(message, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return default;

        var kind = AcsFrameKind.Other;
        var kindSeen = false;
        var audioSeen = false;
        var dtmfSeen = false;
        ReadOnlySpan<byte> audio = default;
        ReadOnlySpan<byte> tone = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (NameIs(ref reader, "kind"u8))
            {
                reader.Read();
                kindSeen = true;
                kind = reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : AcsFrameKind.Other;
                reader.Skip();
            }
            else if (NameIs(ref reader, "audioData"u8))
            {
                audioSeen = TryReadData(ref reader, scratch, message.Length, out audio);
            }
            else if (NameIs(ref reader, "dtmfData"u8))
            {
                dtmfSeen = TryReadData(ref reader, scratch, message.Length, out tone);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            return default;

        if (!kindSeen)
            kind = audioSeen ? AcsFrameKind.Audio : dtmfSeen ? AcsFrameKind.Dtmf : AcsFrameKind.Other;
        return kind switch
        {
            AcsFrameKind.Audio => Base64Text.IsValid(audio) ? new AcsFrame(kind, audio) : default,
            AcsFrameKind.Dtmf => new AcsFrame(kind, tone),
            _ => new AcsFrame(kind, default),
        };
    }

    /// <summary>The member <c>data</c> of the object that follows; empty when it is missing, null or not a string.</summary>
    private static bool TryReadData(scoped ref Utf8JsonReader reader, UnescapeBuffer scratch, int messageLength, out ReadOnlySpan<byte> data)
    {
        data = default;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = NameIs(ref reader, "data"u8);
            reader.Read();
            if (isData && reader.TokenType == JsonTokenType.String)
            {
                if (reader.ValueIsEscaped)
                {
                    var room = scratch.Take(reader.ValueSpan.Length, messageLength);
                    data = room[..reader.CopyString(room)];
                }
                else
                {
                    data = reader.ValueSpan;
                }
            }
            reader.Skip();
        }
        return true;
    }

    private static AcsFrameKind KindOf(ref Utf8JsonReader reader)
    {
        if (ValueIs(ref reader, "AudioData"u8))
            return AcsFrameKind.Audio;
        if (ValueIs(ref reader, "DtmfData"u8))
            return AcsFrameKind.Dtmf;
        return ValueIs(ref reader, "AudioMetadata"u8) ? AcsFrameKind.Metadata : AcsFrameKind.Other;
    }

    private static bool NameIs(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => ValueIs(ref reader, name);

    private static bool ValueIs(ref Utf8JsonReader reader, ReadOnlySpan<byte> expected)
    {
        if (!reader.ValueIsEscaped)
            return System.Text.Ascii.EqualsIgnoreCase(reader.ValueSpan, expected);
        // An escape takes six bytes for one at most.
        if (reader.ValueSpan.Length > expected.Length * 6)
            return false;
        Span<byte> plain = stackalloc byte[reader.ValueSpan.Length];
        return System.Text.Ascii.EqualsIgnoreCase(plain[..reader.CopyString(plain)], expected);
    }
}
