using System.Buffers.Binary;
using System.Net.Sockets;

namespace VoiceBridge.RelayBench.Wire;

/// <summary>
/// One end of a WebSocket on a non-blocking socket, after the HTTP upgrade. Client frames carry a mask of zeros, which is legal and
/// leaves the payload as it is.
/// </summary>
internal sealed class WebSocketPeer(Socket socket, bool isClient)
{
    private const byte FinalText = 0x81;
    private byte[] _in = new byte[32 * 1024];
    private int _start;
    private int _end;
    private byte[] _unsent = [];

    public nint Handle => socket.Handle;

    public bool Closed { get; private set; }

    public void Close()
    {
        Closed = true;
        socket.Dispose();
    }

    /// <summary>Reads what has come; call <see cref="TryTake"/> until it says false.</summary>
    public void Fill()
    {
        if (_start > 0)
        {
            _in.AsSpan(_start.._end).CopyTo(_in);
            (_start, _end) = (0, _end - _start);
        }

        while (!Closed)
        {
            if (_end == _in.Length) Array.Resize(ref _in, _in.Length * 2);
            var wanted = _in.Length - _end;
            var got = socket.Receive(_in.AsSpan(_end), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return;
            if (error != SocketError.Success || got == 0) Closed = true;
            _end += got;
            if (got < wanted) return;
        }
    }

    /// <summary>Takes the next whole message; its bytes are valid until the next <see cref="Fill"/>.</summary>
    public bool TryTake(out ReadOnlySpan<byte> message)
    {
        message = default;
        while (true)
        {
            var available = _in.AsSpan(_start.._end);
            if (available.Length < 2) return false;
            var opcode = available[0] & 0x0F;
            var masked = (available[1] & 0x80) != 0;
            long length = available[1] & 0x7F;
            var header = 2;
            if (length == 126)
            {
                if (available.Length < 4) return false;
                length = BinaryPrimitives.ReadUInt16BigEndian(available[2..]);
                header = 4;
            }
            else if (length == 127)
            {
                if (available.Length < 10) return false;
                length = BinaryPrimitives.ReadInt64BigEndian(available[2..]);
                header = 10;
            }

            var mask = header;
            if (masked) header += 4;
            if (available.Length < header + length) return false;
            var payload = available.Slice(header, (int)length);
            if (masked) Unmask(payload, available.Slice(mask, 4));
            _start += header + (int)length;
            switch (opcode)
            {
                case 0x8: Closed = true; return false;
                case 0x9: Send(0x8A, payload); continue;
                case 0xA: continue;
                default: message = payload; return true;
            }
        }
    }

    public void SendText(ReadOnlySpan<byte> message) => Send(FinalText, message);

    private void Send(byte first, ReadOnlySpan<byte> message)
    {
        Span<byte> frame = stackalloc byte[message.Length + 14];
        frame[0] = first;
        var maskBit = isClient ? (byte)0x80 : (byte)0;
        int header;
        if (message.Length < 126)
        {
            frame[1] = (byte)(message.Length | maskBit);
            header = 2;
        }
        else
        {
            frame[1] = (byte)(126 | maskBit);
            BinaryPrimitives.WriteUInt16BigEndian(frame[2..], checked((ushort)message.Length));
            header = 4;
        }

        if (isClient)
        {
            frame.Slice(header, 4).Clear();
            header += 4;
        }

        message.CopyTo(frame[header..]);
        Write(frame[..(header + message.Length)]);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (Closed) return;
        if (_unsent.Length > 0)
        {
            _unsent = [.. _unsent, .. bytes];
            Flush();
            return;
        }

        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) Closed = true;
        else if (sent < bytes.Length) _unsent = bytes[Math.Max(0, sent)..].ToArray();
    }

    /// <summary>Tries again what the kernel would not take.</summary>
    public void Flush()
    {
        if (_unsent.Length == 0 || Closed) return;
        var sent = socket.Send(_unsent, SocketFlags.None, out var error);
        if (error is not (SocketError.Success or SocketError.WouldBlock)) Closed = true;
        else if (sent > 0) _unsent = _unsent[sent..];
    }

    private static void Unmask(Span<byte> payload, ReadOnlySpan<byte> mask)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(mask) == 0) return;
        Span<byte> repeated = stackalloc byte[8];
        mask.CopyTo(repeated);
        mask.CopyTo(repeated[4..]);
        var wide = BinaryPrimitives.ReadUInt64LittleEndian(repeated);
        var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ulong>(payload);
        for (var i = 0; i < words.Length; i++) words[i] ^= wide;
        for (var i = words.Length * 8; i < payload.Length; i++) payload[i] ^= mask[i % 4];
    }
}
