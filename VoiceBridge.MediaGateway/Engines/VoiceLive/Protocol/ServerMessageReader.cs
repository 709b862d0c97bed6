using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

/// <summary>
/// Tells audio from everything else, and reads audio without allocating:
/// <code>{"type":"response.audio.delta","event_id":"..","response_id":"..","item_id":"..","output_index":0,"content_index":0,"delta":"base64"}</code>
/// </summary>
internal static class ServerMessageReader
{
    /// <summary>Reads one message. Escaped text is unescaped into <paramref name="scratch"/>.</summary>
    public static ServerMessageKind Read(ReadOnlySpan<byte> message, UnescapeBuffer scratch, ref AudioDelta delta)
    {
        var plain = new PlainJsonMembers(message);
        if (TryRead(ref plain, ref delta, out var kind))
            return kind;
        var any = new JsonMembers(message, scratch);
        return TryRead(ref any, ref delta, out kind) ? kind : ServerMessageKind.Malformed;
    }

    /// <summary>The id of the response that a <c>response.created</c> announces; empty when it has none.</summary>
    public static ReadOnlySpan<byte> ReadResponseId(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var members = new JsonMembers(message, scratch);
        while (members.Next())
        {
            if (!members.Name.SequenceEqual("response"u8) || !members.Enter())
                continue;
            while (members.Next())
            {
                if (members.Name.SequenceEqual("id"u8))
                    return members.ReadText();
            }
        }
        return default;
    }

    /// <summary>Where in the session's input the speech of a <c>speech_started</c> begins (<c>audio_start_ms</c>, its prefix included), in milliseconds; 0 when it does not say.</summary>
    public static int ReadSpeechStart(ReadOnlySpan<byte> message, UnescapeBuffer scratch)
    {
        var members = new JsonMembers(message, scratch);
        while (members.Next())
        {
            if (members.Name.SequenceEqual("audio_start_ms"u8))
                return members.ReadNumber();
        }
        return 0;
    }

    private static bool TryRead<T>(ref T members, ref AudioDelta delta, out ServerMessageKind kind)
        where T : struct, IJsonMembers, allows ref struct
    {
        kind = ServerMessageKind.Malformed;
        delta = default;
        while (members.Next())
        {
            var name = members.Name;
            if (name.SequenceEqual("type"u8))
            {
                var type = members.ReadText();
                kind = KindOf(type);
                if (kind != ServerMessageKind.AudioDelta)
                    return !type.IsEmpty;
            }
            else if (name.SequenceEqual("delta"u8))
                delta.Audio = members.ReadBase64();
            else if (name.SequenceEqual("response_id"u8))
                delta.ResponseId = members.ReadText();
            else if (name.SequenceEqual("item_id"u8))
                delta.ItemId = members.ReadText();
            else if (name.SequenceEqual("content_index"u8))
                delta.ContentIndex = members.ReadNumber();
        }
        return kind == ServerMessageKind.AudioDelta && members.IsWhole();
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

/// <summary>A <c>response.audio.delta</c>: its fields lie in the message or in the scratch buffer.</summary>
internal ref struct AudioDelta
{
    public ReadOnlySpan<byte> ResponseId;
    public ReadOnlySpan<byte> ItemId;
    public int ContentIndex;

    /// <summary>Base64 in the session's format.</summary>
    public ReadOnlySpan<byte> Audio;
}

internal enum ServerMessageKind
{
    /// <summary>Not a JSON object with a type, or its audio is not base64.</summary>
    Malformed,

    AudioDelta,
    SpeechStarted,
    SpeechStopped,

    /// <summary>The session has made a turn of what the caller said.</summary>
    Committed,
    ResponseCreated,

    /// <summary>A few more words of a transcript: they come often, and nothing is lost when they wait a moment.</summary>
    Words,

    /// <summary>An event that nothing needs, and that comes often.</summary>
    Ignored,

    /// <summary>Any other event: for the typed route.</summary>
    Other,
}
