using System.Buffers.Text;
using System.Text.Json;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>
/// Goes over the members of a JSON object in a message, without allocating. The form that services really send (no white space, no escapes, no lists) is read by looking for quotes;
/// whatever is not in it ends the reading, and the message is read again by <see cref="Utf8JsonReader"/>. A value that is not asked for is skipped.
/// </summary>
internal ref struct JsonMembers
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    private readonly UnescapeBuffer? _unescaped;
    private readonly int _length;
    private Utf8JsonReader _reader;
    private ReadOnlySpan<byte> _rest;
    private int _depth;
    private bool _isFirst;
    private bool _isUnread;

    /// <summary>Reads the plain form only.</summary>
    public JsonMembers(ReadOnlySpan<byte> message)
    {
        HasFailed = message.IsEmpty || message[0] != (byte)'{';
        _rest = HasFailed ? default : message[1..];
        _depth = 1;
        _isFirst = true;
    }

    /// <summary>Reads any JSON; escaped text is unescaped into <paramref name="unescaped"/>. Without that, the plain form only.</summary>
    public JsonMembers(ReadOnlySpan<byte> message, UnescapeBuffer? unescaped) : this(message)
    {
        if (unescaped is null)
            return;
        _unescaped = unescaped;
        _length = message.Length;
        _reader = new Utf8JsonReader(message, Options);
        HasFailed = false;
        HasFailed = !Read() || _reader.TokenType != JsonTokenType.StartObject;
    }

    /// <summary>The member's name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>Whether something in the message cannot be read, or not in the plain form.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether all that <see cref="ReadBase64"/> read is base64.</summary>
    public bool IsBase64 { get; private set; } = true;

    public readonly bool NameIs(ReadOnlySpan<byte> name) => Name.SequenceEqual(name);

    public readonly bool NameIsIgnoringCase(ReadOnlySpan<byte> name) => Name.SequenceEqual(name) || System.Text.Ascii.EqualsIgnoreCase(Name, name);

    /// <summary>Goes on to the next member of the object; false at its end, from where the object around it goes on.</summary>
    public bool Next()
    {
        if (_unescaped is not null)
            return NextOfAny();
        if (_isUnread)
            ReadPlainText();
        if (_rest.IsEmpty)
            return Fail();
        if (_rest[0] == (byte)'}')
        {
            _rest = _rest[1..];
            _depth--;
            _isFirst = false;
            return false;
        }
        if (!_isFirst && _rest[0] != (byte)',')
            return Fail();
        var name = _isFirst ? _rest : _rest[1..];
        _isFirst = false;
        if (name.Length < 4 || name[0] != (byte)'"')
            return Fail();
        name = name[1..];
        var end = name.IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0 || end + 2 >= name.Length || name[end + 1] != (byte)':' || name[end] != (byte)'"')
            return Fail();
        Name = name[..end];
        _rest = name[(end + 2)..];
        return _isUnread = true;
    }

    /// <summary>Steps into the member's value, if it is an object: its members come next.</summary>
    public bool Enter()
    {
        if (_unescaped is not null)
        {
            _isUnread = false;
            if (Read() && _reader.TokenType == JsonTokenType.StartObject)
                return true;
            Skip();
            return false;
        }
        if (_rest[0] != (byte)'{')
            return false;
        _rest = _rest[1..];
        _depth++;
        _isFirst = true;
        _isUnread = false;
        return true;
    }

    /// <summary>The member's value, if it is a string; else empty.</summary>
    public ReadOnlySpan<byte> ReadText() => _unescaped is null ? ReadPlainText() : ReadAnyText();

    /// <summary>The same, looked through only once when it is base64.</summary>
    public ReadOnlySpan<byte> ReadBase64()
    {
        if (_unescaped is not null)
        {
            var text = ReadAnyText();
            IsBase64 &= Base64Text.IsValid(text);
            return text;
        }
        if (_rest[0] != (byte)'"')
            return ReadPlainText();
        var length = Base64Text.LengthUntilQuote(_rest[1..]);
        if (length < 0)
        {
            Fail();
            return default;
        }
        var value = _rest.Slice(1, length);
        _rest = _rest[(length + 2)..];
        _isUnread = false;
        return value;
    }

    /// <summary>The member's value, if it is a whole number; else 0.</summary>
    public int ReadNumber()
    {
        if (_unescaped is null)
        {
            var isNumber = Utf8Parser.TryParse(_rest, out int number, out _);
            ReadPlainText();
            return isNumber ? number : 0;
        }
        _isUnread = false;
        if (!Read())
            return 0;
        var value = _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var read) ? read : 0;
        Skip();
        return value;
    }

    /// <summary>After the last member: whether the message ends here, and nothing was wrong with it.</summary>
    public bool IsWhole()
    {
        if (_unescaped is null)
            return !HasFailed && _depth == 0 && _rest.IsEmpty;
        return !HasFailed && _reader.TokenType == JsonTokenType.EndObject && _reader.CurrentDepth == 0 && !Read() && !HasFailed;
    }

    private ReadOnlySpan<byte> ReadPlainText()
    {
        _isUnread = false;
        if (_rest[0] == (byte)'"')
        {
            var length = _rest[1..].IndexOfAny((byte)'"', (byte)'\\');
            if (length >= 0 && _rest[length + 1] == (byte)'"')
            {
                var value = _rest.Slice(1, length);
                _rest = _rest[(length + 2)..];
                return value;
            }
        }
        else if (_rest[0] is not ((byte)'{' or (byte)'[') && _rest.IndexOfAny((byte)',', (byte)'}') is var end and > 0)
        {
            _rest = _rest[end..];
            return default;
        }
        Fail();
        return default;
    }

    private bool NextOfAny()
    {
        if (HasFailed || (_isUnread && !(Read() && Skip())) || !Read() || _reader.TokenType != JsonTokenType.PropertyName)
            return _isUnread = false;
        Name = Text();
        return _isUnread = !HasFailed;
    }

    private ReadOnlySpan<byte> ReadAnyText()
    {
        _isUnread = false;
        if (!Read())
            return default;
        if (_reader.TokenType == JsonTokenType.String)
            return Text();
        Skip();
        return default;
    }

    private ReadOnlySpan<byte> Text()
    {
        if (!_reader.ValueIsEscaped)
            return _reader.ValueSpan;
        try
        {
            var room = _unescaped!.Take(_reader.ValueSpan.Length, _length);
            return room[.._reader.CopyString(room)];
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            Fail();
            return default;
        }
    }

    private bool Read()
    {
        try
        {
            return !HasFailed && _reader.Read();
        }
        catch (JsonException)
        {
            return Fail();
        }
    }

    private bool Skip()
    {
        try
        {
            _reader.Skip();
            return true;
        }
        catch (JsonException)
        {
            return Fail();
        }
    }

    private bool Fail()
    {
        _rest = default;
        _isUnread = false;
        HasFailed = true;
        return false;
    }
}
