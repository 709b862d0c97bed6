using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using VoiceBridge.MediaGateway.Bridge;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Callers.Acs;

/// <summary>The media socket of Azure Communication Services (Call Automation, bidirectional audio streaming).</summary>
internal sealed class AcsLeg : ICallerLeg
{
    private static readonly OutMessage StopAudio =
        OutMessage.Shared("{\"Kind\":\"StopAudio\",\"AudioData\":null,\"StopAudio\":{}}"u8.ToArray());

    private readonly WebSocket _socket;
    private readonly MessagePump _pump;
    private readonly Scratch _scratch = new();
    private readonly int _maxMalformed;
    private ICallerSink? _sink;
    private int _malformedInARow;

    public AcsLeg(WebSocket socket, MediaOptions options, TimeProvider time, Action<string> onWriteFailure)
    {
        _socket = socket;
        _maxMalformed = options.MaxMalformedInARow;
        _pump = new MessagePump(socket, new MessageLimits(options.MaxCallerMessageBytes, options.MaxMessagesPerSecond, options.WaitWithoutBuffer), time);
        Writer = new SocketWriter(socket, AudioLane.Complete(TimeSpan.FromMilliseconds(options.MaxBacklogMs)),
            TimeSpan.FromMilliseconds(options.WriteDeadlineMs), time, onWriteFailure);
    }

    public SocketWriter Writer { get; }

    public bool HasSpoken => _pump.Received > 0;

    private static ReadOnlySpan<byte> Prefix => "{\"Kind\":\"AudioData\",\"AudioData\":{\"Data\":\""u8;

    private static ReadOnlySpan<byte> Suffix => "\"},\"StopAudio\":null}"u8;

    public Task<PumpEnd> RunAsync(ICallerSink sink)
    {
        _sink = sink;
        return _pump.RunAsync(OnMessage);
    }

    public void Play(ReadOnlySpan<byte> base64, int milliseconds) => Writer.Audio(Splice(base64, milliseconds));

    public void StopPlaying() => Writer.Interrupt(StopAudio);

    public void Show(ReadOnlyMemory<byte> json)
    {
        // A telephone shows nothing.
    }

    public void Close(CallEnd end) => Writer.Close();

    public void Abort() => _socket.Abort();

    internal static OutMessage Splice(ReadOnlySpan<byte> base64, int milliseconds)
    {
        var length = Prefix.Length + base64.Length + Suffix.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        Prefix.CopyTo(buffer);
        base64.CopyTo(buffer.AsSpan(Prefix.Length));
        Suffix.CopyTo(buffer.AsSpan(Prefix.Length + base64.Length));
        return OutMessage.Rented(buffer, length, milliseconds);
    }

    private bool OnMessage(ReadOnlySpan<byte> message, WebSocketMessageType type)
    {
        var frame = AcsFrameReader.Read(message, _scratch);
        switch (frame.Kind)
        {
            case AcsFrameKind.Audio when frame.Data.IsEmpty:
                _sink!.OnSilentFrame();
                break;
            case AcsFrameKind.Audio:
                _sink!.OnAudio(frame.Data);
                break;
            case AcsFrameKind.Dtmf when !frame.Data.IsEmpty:
                _sink!.OnDtmf(Encoding.UTF8.GetString(frame.Data));
                break;
            case AcsFrameKind.Malformed:
                _scratch.Reset();
                return ++_malformedInARow <= _maxMalformed;
        }
        _malformedInARow = 0;
        _scratch.Reset();
        return true;
    }
}
