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
    private const int MaxDepth = 16;
    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public TwilioFrame Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        try
        {
            return ReadAny(message, scratch);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private TwilioFrame ReadAny(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var reader = new Utf8JsonReader(message, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return default;
        var kind = TwilioFrameKind.Other;
        var isCallers = true;
        ReadOnlySpan<byte> payload = default;
        ReadOnlySpan<byte> mark = default;
        ReadOnlySpan<byte> digit = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(names.Event.EncodedUtf8Bytes))
            {
                reader.Read();
                kind = reader.TokenType == JsonTokenType.String ? KindOf(ref reader) : TwilioFrameKind.Other;
                reader.Skip();
            }
            else if (reader.ValueTextEquals(names.Media.EncodedUtf8Bytes))
                ReadMedia(ref reader, scratch, message.Length, out payload, out isCallers);
            else if (reader.ValueTextEquals(names.Mark.EncodedUtf8Bytes))
                mark = ReadMember(ref reader, names.Name, scratch, message.Length);
            else if (reader.ValueTextEquals(names.Dtmf.EncodedUtf8Bytes))
                digit = ReadMember(ref reader, names.Digit, scratch, message.Length);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read())
            return default;
        return kind switch
        {
            TwilioFrameKind.Media when !isCallers => new TwilioFrame(TwilioFrameKind.Other, default),
            TwilioFrameKind.Media => Base64Text.IsValid(payload) ? new TwilioFrame(kind, payload) : default,
            TwilioFrameKind.Mark => new TwilioFrame(kind, mark),
            TwilioFrameKind.Dtmf => new TwilioFrame(kind, digit),
            _ => new TwilioFrame(kind, default),
        };
    }

    private void ReadMedia(scoped ref Utf8JsonReader reader, UnescapeBuffer scratch, int messageLength, out ReadOnlySpan<byte> payload, out bool isCallers)
    {
        payload = default;
        isCallers = true;
        if (!ReadObject(ref reader))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(names.Payload.EncodedUtf8Bytes))
                payload = ReadString(ref reader, scratch, messageLength);
            else if (reader.ValueTextEquals(names.Track.EncodedUtf8Bytes))
            {
                reader.Read();
                isCallers = reader.TokenType != JsonTokenType.String || reader.ValueTextEquals(names.Inbound.EncodedUtf8Bytes);
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static ReadOnlySpan<byte> ReadMember(scoped ref Utf8JsonReader reader, JsonEncodedText name, UnescapeBuffer scratch, int messageLength)
    {
        ReadOnlySpan<byte> value = default;
        if (!ReadObject(ref reader))
            return value;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name.EncodedUtf8Bytes))
                value = ReadString(ref reader, scratch, messageLength);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return value;
    }

    private static bool ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        reader.Skip();
        return false;
    }

    private static ReadOnlySpan<byte> ReadString(scoped ref Utf8JsonReader reader, UnescapeBuffer scratch, int messageLength)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var room = scratch.Take(reader.ValueSpan.Length, messageLength);
        return room[..reader.CopyString(room)];
    }

    private TwilioFrameKind KindOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals(names.Media.EncodedUtf8Bytes))
            return TwilioFrameKind.Media;
        if (reader.ValueTextEquals(names.Mark.EncodedUtf8Bytes))
            return TwilioFrameKind.Mark;
        if (reader.ValueTextEquals(names.Dtmf.EncodedUtf8Bytes))
            return TwilioFrameKind.Dtmf;
        if (reader.ValueTextEquals(names.Start.EncodedUtf8Bytes))
            return TwilioFrameKind.Start;
        return reader.ValueTextEquals(names.Stop.EncodedUtf8Bytes) ? TwilioFrameKind.Stop : TwilioFrameKind.Other;
    }
}
