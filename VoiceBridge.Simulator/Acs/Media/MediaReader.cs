using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace VoiceBridge.Simulator.Acs.Media;

/// <summary>
/// Reads what the bridge sends to ACS. .NET clients write PascalCase, JavaScript ones camelCase, Python ones a mixture: names and
/// kinds are compared in any case, null members are ignored, and a <c>stopAudio</c> beside audio stops nothing.
/// </summary>
internal static class MediaReader
{
    internal enum Kind
    {
        Unknown,
        Audio,
        Stop,
        Invalid,
    }

    /// <summary>Decodes one message; audio goes to the start of <paramref name="audio"/>, which must hold as many bytes as the message has.</summary>
    internal static Kind Read(ReadOnlySpan<byte> message, Span<byte> audio, out int bytes)
    {
        bytes = 0;
        var kind = Kind.Unknown;
        try
        {
            var json = new Utf8JsonReader(message);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return Kind.Invalid;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (Is(ref json, "kind"u8))
                {
                    json.Read();
                    kind = json.TokenType != JsonTokenType.String ? Kind.Invalid : Is(ref json, "audiodata"u8) ? Kind.Audio : Is(ref json, "stopaudio"u8) ? Kind.Stop : Kind.Unknown;
                }
                else if (Is(ref json, "audiodata"u8))
                {
                    json.Read();
                    if (json.TokenType == JsonTokenType.StartObject && !ReadAudio(ref json, audio, out bytes)) return Kind.Invalid;
                }
                else
                {
                    json.Skip();
                }
            }
            return kind;
        }
        catch (JsonException)
        {
            return Kind.Invalid;
        }
    }

    private static bool ReadAudio(ref Utf8JsonReader json, Span<byte> audio, out int bytes)
    {
        bytes = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!Is(ref json, "data"u8))
            {
                json.Skip();
                continue;
            }
            json.Read();
            if (json.TokenType == JsonTokenType.Null) continue;
            if (json.TokenType != JsonTokenType.String) return false;
            if (json.ValueIsEscaped)
            {
                if (!Convert.TryFromBase64String(json.GetString()!, audio, out bytes)) return false;
            }
            else if (Base64.DecodeFromUtf8(json.ValueSpan, audio, out _, out bytes) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }
        }
        return bytes % 2 == 0;
    }

    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> lowerCase) =>
        !json.ValueIsEscaped ? Ascii.EqualsIgnoreCase(json.ValueSpan, lowerCase) : Encoding.UTF8.GetString(lowerCase).Equals(json.GetString(), StringComparison.OrdinalIgnoreCase);
}
