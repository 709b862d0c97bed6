using System.Text;
using Google.Protobuf;

namespace VoiceBridge.AppHost.Tests.Telemetry;

/// <summary>A protobuf message of which only the fields' numbers are known. OTLP's generated classes are in no package of the feed.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Field, ByteString Value)> _fields = [];

    private ProtobufMessage(ByteString bytes)
    {
        Bytes = bytes;
        var input = bytes.CreateCodedInput();
        while (input.ReadTag() is var tag && tag != 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
                _fields.Add((WireFormat.GetTagFieldNumber(tag), input.ReadBytes()));
            else
                input.SkipLastField();
        }
    }

    /// <summary>As it came.</summary>
    public ByteString Bytes { get; }

    public static ProtobufMessage Parse(byte[] bytes) => new(ByteString.CopyFrom(bytes));

    /// <summary>The messages of a repeated field, or the one of a single field.</summary>
    public IEnumerable<ProtobufMessage> Messages(int field) => Values(field).Select(value => new ProtobufMessage(value));

    public string Text(int field) => Values(field).LastOrDefault()?.ToStringUtf8() ?? "";

    public string Hex(int field) => Convert.ToHexStringLower((Values(field).LastOrDefault() ?? ByteString.Empty).Span);

    /// <summary>All of it as text; what is no text in it becomes something unreadable.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);

    private IEnumerable<ByteString> Values(int field) => _fields.Where(candidate => candidate.Field == field).Select(candidate => candidate.Value);
}
