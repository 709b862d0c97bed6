using System.Buffers.Binary;

namespace VoiceBridge.Simulator.Audio;

/// <summary>A stereo WAV of one call, PCM16: the caller left, what the caller heard right.</summary>
internal sealed class Recording : IDisposable
{
    private const int HeaderBytes = 44;
    private readonly FileStream _file;
    private readonly byte[] _frame;
    private readonly Lock _gate = new();
    private bool _closed;

    internal Recording(string path, int rate)
    {
        _frame = new byte[Pcm.SamplesPerFrame(rate) * 4];
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 16);
        _file.Write(Header(rate, 0));
    }

    internal void Write(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        lock (_gate)
        {
            if (_closed) return;
            var frame = Pcm.Samples(_frame.AsSpan());
            for (var i = 0; i < left.Length && 2 * i + 1 < frame.Length; i++)
            {
                frame[2 * i] = left[i];
                frame[2 * i + 1] = right[i];
            }
            _file.Write(_frame);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            var bytes = (int)(_file.Length - HeaderBytes);
            _file.Position = 0;
            _file.Write(Header(_frame.Length / 4 * 1000 / Pcm.FrameMilliseconds, bytes));
            _file.Dispose();
        }
    }

    private static byte[] Header(int rate, int dataBytes)
    {
        var header = new byte[HeaderBytes];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), dataBytes + HeaderBytes - 8);
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(22), 2);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), rate * 4);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(32), 4);
        BinaryPrimitives.WriteInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(40), dataBytes);
        return header;
    }
}
