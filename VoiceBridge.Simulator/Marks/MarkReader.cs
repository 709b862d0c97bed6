namespace VoiceBridge.Simulator.Marks;

/// <summary>Finds words in the low bits of a stream of samples, whatever its pieces.</summary>
internal sealed class MarkReader
{
    private ulong _bits;
    private int _sinceWord = int.MaxValue;

    /// <summary>Receives what is found.</summary>
    internal interface ISink
    {
        void OnMark(MarkKind kind, uint payload);
    }

    /// <summary>Words count from the second in a row on: random low bits, as a microphone has them, then practically never pass for one.</summary>
    internal void Read<TSink>(ReadOnlySpan<short> samples, TSink sink) where TSink : ISink
    {
        var bits = _bits;
        var since = _sinceWord;
        foreach (var sample in samples)
        {
            bits = bits << 1 | (uint)(sample & 1);
            if (since < int.MaxValue) since++;
            if (!MarkWord.TryDecode(bits, out var kind, out var payload)) continue;
            if (since == MarkWord.Bits) sink.OnMark(kind, payload);
            since = 0;
        }
        _bits = bits;
        _sinceWord = since;
    }
}
