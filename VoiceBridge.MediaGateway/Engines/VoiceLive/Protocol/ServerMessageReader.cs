using System.Buffers.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>
/// Tells audio from everything else, and reads audio without allocating:
/// <code>{"type":"response.audio.delta","event_id":"..","response_id":"..","item_id":"..","output_index":0,"content_index":0,"delta":"base64"}</code>
/// </summary>
internal static class ServerMessageReader
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public static ServerMessageKind Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch, ref AudioDelta delta)
    {
        if (TryReadPlain(message, ref delta, out var kind))
            return kind;
        try
        {
            return ReadAny(message, scratch, ref delta);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return ServerMessageKind.Malformed;
        }
    }

    /// <summary>The id of the response that a <c>response.created</c> announces; empty when it has none.</summary>
    public static ReadOnlySpan<byte> ReadResponseId(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message, Options);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1 || !reader.ValueTextEquals("response"u8))
                    continue;
                while (reader.Read() && reader.CurrentDepth > 0)
                {
                    if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 2 && reader.ValueTextEquals("id"u8))
                        return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.ValueSpan : default;
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The typed reader says so.
        }
        return default;
    }

    /// <summary>A flat object of plain strings and numbers without white space, in any order; anything else is left to the JSON reader.</summary>
    internal static bool TryReadPlain(ReadOnlySpan<byte> message, ref AudioDelta delta, out ServerMessageKind kind)
    {
        kind = ServerMessageKind.Malformed;
        if (message.Length < 2 || message[0] != (byte)'{')
            return false;
        var rest = message[1..];
        var audioSeen = false;
        while (true)
        {
            if (rest.Length < 4 || rest[0] != (byte)'"')
                return false;
            var nameEnd = rest.IndexOf("\":"u8);
            if (nameEnd < 1 || nameEnd + 2 >= rest.Length)
                return false;
            var name = rest[1..nameEnd];
            rest = rest[(nameEnd + 2)..];
            int end;
            if (rest[0] == (byte)'"')
            {
                rest = rest[1..];
                if (name.SequenceEqual("delta"u8))
                {
                    end = Base64Text.LengthUntilQuote(rest);
                    if (end < 0)
                        return false;
                    delta.Audio = rest[..end];
                    audioSeen = true;
                }
                else
                {
                    end = rest.IndexOfAny((byte)'"', (byte)'\\');
                    if (end < 0 || rest[end] != (byte)'"')
                        return false;
                    var value = rest[..end];
                    if (name.SequenceEqual("type"u8))
                    {
                        kind = KindOf(value);
                        if (kind != ServerMessageKind.AudioDelta)
                            return true;
                    }
                    else if (name.SequenceEqual("response_id"u8))
                        delta.ResponseId = value;
                    else if (name.SequenceEqual("item_id"u8))
                        delta.ItemId = value;
                }
                end++;
            }
            else
            {
                end = rest.IndexOfAny(",}{["u8);
                if (end < 0)
                    return false;
                if (name.SequenceEqual("content_index"u8) && Utf8Parser.TryParse(rest[..end], out int index, out _))
                    delta.ContentIndex = index;
            }
            if (end >= rest.Length)
                return false;
            if (rest[end] == (byte)'}')
                return kind == ServerMessageKind.AudioDelta && audioSeen && end == rest.Length - 1;
            if (rest[end] != (byte)',')
                return false;
            rest = rest[(end + 1)..];
        }
    }

    private static ServerMessageKind ReadAny(ReadOnlySpan<byte> message, UnescapeBuffer scratch, ref AudioDelta delta)
    {
        delta = default;
        var kind = ServerMessageKind.Malformed;
        var reader = new Utf8JsonReader(message, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return ServerMessageKind.Malformed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                var type = ReadString(ref reader, scratch, message.Length);
                kind = KindOf(type);
                if (kind != ServerMessageKind.AudioDelta)
                    return type.IsEmpty ? ServerMessageKind.Malformed : kind;
            }
            else if (reader.ValueTextEquals("delta"u8))
                delta.Audio = ReadString(ref reader, scratch, message.Length);
            else if (reader.ValueTextEquals("response_id"u8))
                delta.ResponseId = ReadString(ref reader, scratch, message.Length);
            else if (reader.ValueTextEquals("item_id"u8))
                delta.ItemId = ReadString(ref reader, scratch, message.Length);
            else if (reader.ValueTextEquals("content_index"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
                    delta.ContentIndex = index;
                reader.Skip();
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
        return kind == ServerMessageKind.AudioDelta && Base64Text.IsValid(delta.Audio) ? kind : ServerMessageKind.Malformed;
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

    private static ServerMessageKind KindOf(ReadOnlySpan<byte> type)
    {
        if (type.SequenceEqual("response.audio.delta"u8) || type.SequenceEqual("response.output_audio.delta"u8))
            return ServerMessageKind.AudioDelta;
        if (type.SequenceEqual("input_audio_buffer.speech_started"u8))
            return ServerMessageKind.SpeechStarted;
        if (type.SequenceEqual("input_audio_buffer.speech_stopped"u8))
            return ServerMessageKind.SpeechStopped;
        if (type.SequenceEqual("input_audio_buffer.committed"u8))
            return ServerMessageKind.Committed;
        if (type.SequenceEqual("response.audio_transcript.delta"u8) || type.SequenceEqual("response.output_audio_transcript.delta"u8))
            return ServerMessageKind.Words;
        if (type.EndsWith(".delta"u8) || type.StartsWith("response.content_part."u8) || type.SequenceEqual("rate_limits.updated"u8)
            || type.EndsWith("audio.done"u8) || type.SequenceEqual("conversation.item.truncated"u8))
            return ServerMessageKind.Ignored;
        return type.SequenceEqual("response.created"u8) ? ServerMessageKind.ResponseCreated : ServerMessageKind.Other;
    }
}
