using System.Text;
using System.Text.Json;

namespace VoiceBridge.MediaGateway.Sockets;

/// <summary>Reads any JSON; what is escaped in it is unescaped into a buffer.</summary>
internal ref struct JsonMembers : IJsonMembers
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 32 };

    private readonly UnescapeBuffer _unescaped;
    private readonly int _length;
    private Utf8JsonReader _reader;
    private bool _isUnread;
    private bool _hasFailed;

    // Its text is to be base64, and is not.
    private bool _isDamaged;

    public JsonMembers(ReadOnlySpan<byte> message, UnescapeBuffer unescaped)
    {
        (_unescaped, _length) = (unescaped, message.Length);
        _reader = new Utf8JsonReader(message, Options);
        _hasFailed = !Read() || _reader.TokenType != JsonTokenType.StartObject;
    }

    public ReadOnlySpan<byte> Name { get; private set; }

    public readonly bool NameIs(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(Name, name);

    public bool Next()
    {
        if ((_isUnread && !(Read() && Skip())) || !Read() || _reader.TokenType != JsonTokenType.PropertyName)
            return _isUnread = false;
        Name = Text();
        return _isUnread = !_hasFailed;
    }

    public bool Enter()
    {
        _isUnread = false;
        if (Read() && _reader.TokenType == JsonTokenType.StartObject)
            return true;
        Skip();
        return false;
    }

    public ReadOnlySpan<byte> ReadText()
    {
        _isUnread = false;
        if (!Read())
            return default;
        if (_reader.TokenType == JsonTokenType.String)
            return Text();
        Skip();
        return default;
    }

    public ReadOnlySpan<byte> ReadBase64()
    {
        var text = ReadText();
        _isDamaged |= !Base64Text.IsValid(text);
        return text;
    }

    public int ReadNumber()
    {
        _isUnread = false;
        if (!Read())
            return 0;
        var value = _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var number) ? number : 0;
        Skip();
        return value;
    }

    public bool IsWhole() =>
        !_hasFailed && !_isDamaged && _reader.TokenType == JsonTokenType.EndObject && _reader.CurrentDepth == 0 && !Read() && !_hasFailed;

    private ReadOnlySpan<byte> Text()
    {
        if (!_reader.ValueIsEscaped)
            return _reader.ValueSpan;
        try
        {
            var room = _unescaped.Take(_reader.ValueSpan.Length, _length);
            return room[.._reader.CopyString(room)];
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            _hasFailed = true;
            return default;
        }
    }

    private bool Read()
    {
        try
        {
            return !_hasFailed && _reader.Read();
        }
        catch (JsonException)
        {
            _hasFailed = true;
            return false;
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
            _hasFailed = true;
            return false;
        }
    }
}
