using System.Text.Json;

namespace VoiceBridge.Simulator.VoiceLive;

/// <summary>Tells appended audio, which comes fifty times a second, from everything else.</summary>
internal static class ClientMessage
{
    internal enum Kind
    {
        Append,
        Other,
    }

    /// <summary>For an append with unescaped base64: where in the message the base64 is.</summary>
    internal static Kind Read(ReadOnlySpan<byte> message, out Range audio)
    {
        audio = default;
        var append = false;
        var found = false;
        try
        {
            var json = new Utf8JsonReader(message);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return Kind.Other;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("type"u8))
                {
                    json.Read();
                    append = json.TokenType == JsonTokenType.String && json.ValueTextEquals("input_audio_buffer.append"u8);
                    if (!append) return Kind.Other;
                }
                else if (json.ValueTextEquals("audio"u8))
                {
                    json.Read();
                    if (json.TokenType != JsonTokenType.String || json.ValueIsEscaped) return Kind.Other;
                    var start = (int)json.TokenStartIndex + 1;
                    audio = start..(start + json.ValueSpan.Length);
                    found = true;
                }
                else
                {
                    json.Skip();
                }
            }
        }
        catch (JsonException)
        {
            return Kind.Other;
        }
        return append && found ? Kind.Append : Kind.Other;
    }
}
