using System.Buffers.Text;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Reads messages without white space, escapes and lists; ends at whatever else there is.</summary>
/// <param name="message">The message, from the brace that opens its object.</param>
internal ref struct PlainJsonMembers(ReadOnlySpan<byte> message) : IJsonMembers
{
    // From the last member's value on, or from the brace before the first one.
    private ReadOnlySpan<byte> _rest = message;
    private int _depth;
    private bool _isUnread;

    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether there is something in the message that is not plain.</summary>
    public bool HasFailed { get; private set; }

    public bool Next()
    {
        if (_isUnread)
            ReadText();
        if (_rest.Length < 5 || _rest[0] == (byte)'}')
            return Close();
        var isFirst = _rest[0] == (byte)'{';
        if ((!isFirst && _rest[0] != (byte)',') || _rest[1] != (byte)'"')
            return isFirst && _rest[1] == (byte)'}' ? CloseEmpty() : Fail();
        var name = _rest[2..];
        var end = name.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || end + 2 >= name.Length || name[end] != (byte)'"' || name[end + 1] != (byte)':')
            return Fail();
        if (isFirst)
            _depth++;
        Name = name[..end];
        _rest = name[(end + 2)..];
        return _isUnread = true;
    }

    public bool Enter()
    {
        if (!_isUnread || _rest[0] != (byte)'{')
            return false;
        _isUnread = false;
        return true;
    }

    public ReadOnlySpan<byte> ReadText()
    {
        _isUnread = false;
        if (_rest[0] == (byte)'"')
        {
            var length = _rest[1..].IndexOfAny((byte)'"', (byte)'\\');
            if (length >= 0 && _rest[length + 1] == (byte)'"')
                return Take(length);
        }
        else if (_rest[0] is not ((byte)'{' or (byte)'[') && _rest.IndexOfAny((byte)',', (byte)'}') is var end and > 0)
        {
            _rest = _rest[end..];
            return default;
        }
        Fail();
        return default;
    }

    /// <summary>Looked through only once.</summary>
    public ReadOnlySpan<byte> ReadBase64()
    {
        if (_rest[0] != (byte)'"')
            return ReadText();
        if (Base64Text.LengthUntilQuote(_rest[1..]) is var length and >= 0)
            return Take(length);
        Fail();
        return default;
    }

    public int ReadNumber()
    {
        var isNumber = Utf8Parser.TryParse(_rest, out int number, out _);
        ReadText();
        return isNumber ? number : 0;
    }

    public readonly bool IsWhole() => !HasFailed && _depth == 0 && _rest.IsEmpty;

    private ReadOnlySpan<byte> Take(int length)
    {
        var value = _rest.Slice(1, length);
        _rest = _rest[(length + 2)..];
        _isUnread = false;
        return value;
    }

    private bool Close()
    {
        if (_depth == 0 || _rest.IsEmpty || _rest[0] != (byte)'}')
            return Fail();
        _rest = _rest[1..];
        _depth--;
        return false;
    }

    private bool CloseEmpty()
    {
        _rest = _rest[2..];
        return false;
    }

    private bool Fail()
    {
        _rest = default;
        _isUnread = false;
        HasFailed = true;
        return false;
    }
}
