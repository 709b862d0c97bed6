using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>What is sent over a media stream. A mark's name is the position that it stands at in all audio of the stream.</summary>
internal sealed class TwilioMessages
{
    private const byte MarkPrefix = (byte)'p';
    private const int MaxPosition = 20;

    private readonly byte[] _mediaPrefix;
    private readonly byte[] _markPrefix;

    /// <param name="streamId">The stream's id, which needs no escaping.</param>
    /// <param name="names">The names.</param>
    public TwilioMessages(string streamId, TwilioDialect names)
    {
        Clear = OutMessage.Shared(Encoding.UTF8.GetBytes($$"""{"{{names.Event}}":"{{names.Clear}}","{{names.StreamId}}":"{{streamId}}"}"""));
        _mediaPrefix = Prefix(names.Media, names.Payload);
        _markPrefix = [.. Prefix(names.Mark, names.Name), MarkPrefix];

        byte[] Prefix(JsonEncodedText message, JsonEncodedText field) => Encoding.UTF8.GetBytes(
            $$"""{"{{names.Event}}":"{{message}}","{{names.StreamId}}":"{{streamId}}","{{message}}":{"{{field}}":""" + "\"");
    }

    /// <summary>Throws away what is buffered; the marks in it come back at once.</summary>
    public OutMessage Clear { get; }

    private static ReadOnlySpan<byte> Suffix => "\"}}"u8;

    public OutMessage Media(ReadOnlySpan<byte> base64, int milliseconds) => OutMessage.Spliced(_mediaPrefix, base64, Suffix, milliseconds);

    /// <summary>Comes back when what was sent before has been played.</summary>
    public OutMessage Mark(long position)
    {
        Span<byte> text = stackalloc byte[MaxPosition];
        Utf8Formatter.TryFormat(position, text, out var length);
        return OutMessage.Spliced(_markPrefix, text[..length], Suffix, 0);
    }

    /// <summary>The position in the name of a mark; false for one that is not ours.</summary>
    public static bool TryReadMark(ReadOnlySpan<byte> name, out long position)
    {
        position = 0;
        return name.Length > 1 && name[0] == MarkPrefix && Utf8Parser.TryParse(name[1..], out position, out var used) && used == name.Length - 1;
    }
}
