using System.Buffers;
using System.Buffers.Text;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Base64 as it stands inside a JSON text: audio, never decoded to be passed on.</summary>
internal static class Base64Text
{
    private static readonly SearchValues<byte> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="u8);

    /// <summary>The length of the base64 text that <paramref name="json"/> begins with, when a quote ends it; else -1 (an escape, or not base64).</summary>
    public static int LengthUntilQuote(ReadOnlySpan<byte> json)
    {
        var end = json.IndexOfAnyExcept(Alphabet);
        return end >= 0 && json[end] == (byte)'"' && (end & 3) == 0 ? end : -1;
    }

    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }

    public static bool IsValid(ReadOnlySpan<byte> text) => (text.Length & 3) == 0 && text.IndexOfAnyExcept(Alphabet) < 0;

    /// <summary>How many bytes the text stands for.</summary>
    public static int DecodedBytes(ReadOnlySpan<byte> text)
    {
        if (text.Length < 4)
            return 0;
        var padding = text[^1] != (byte)'=' ? 0 : text[^2] != (byte)'=' ? 1 : 2;
        return text.Length / 4 * 3 - padding;
    }
}
