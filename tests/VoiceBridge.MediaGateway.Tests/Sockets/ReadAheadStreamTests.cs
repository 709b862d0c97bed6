using CsCheck;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class ReadAheadStreamTests
{
    private static readonly Gen<(byte[] Bytes, byte[] Early, int[] Pieces, int[] Asked)> Reads =
        Gen.Select(Gen.Byte.Array[0, 20_000], Gen.Byte.Array[0, 3_000], Gen.Int[1, 5_000].Array[1, 20], Gen.Int[1, 5_000].Array[1, 20]);

    [Fact]
    public Task EveryByte_IsReadOnceAndInOrder_HoweverItComesAndIsAskedFor() => Reads.SampleAsync(async reads =>
    {
        await using var stream = new Counted(new Pieces(reads.Bytes, reads.Pieces), [.. reads.Early]);
        var all = new List<byte>();
        for (var i = 0; ; i++)
        {
            // As a WebSocket does.
            Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty));
            var buffer = new byte[reads.Asked[i % reads.Asked.Length]];
            if (await stream.ReadAsync(buffer) is not (> 0 and var read))
                break;
            all.AddRange(buffer.AsSpan(0, read));
        }
        Assert.Equal([.. reads.Early, .. reads.Bytes], all);
        Assert.Equal(reads.Bytes, stream.Received);
    }, iter: 300);

    [Fact]
    public async Task OneCall_BringsWhatIsAskedForInPieces()
    {
        var source = new Pieces(new byte[1_500], [1_500]);
        await using var stream = new Counted(source, []);
        foreach (var asked in (int[])[0, 14, 1_486])
            Assert.Equal(asked, await stream.ReadAsync(new byte[asked], TestContext.Current.CancellationToken));
        Assert.Equal(1, source.Calls);
    }

    [Fact]
    public async Task SynchronousRead_IsCountedToo()
    {
        await using var stream = new Counted(new MemoryStream([1, 2, 3]), []);
        var buffer = new byte[2];
        Assert.Equal(2, ReadNow(stream, buffer));
        Assert.Equal(1, ReadNow(stream, buffer));
        Assert.Equal([1, 2, 3], stream.Received);
    }

    private static int ReadNow(Stream stream, Span<byte> buffer) => stream.Read(buffer);

    private sealed class Counted(Stream inner, byte[] early) : ReadAheadStream(inner, early)
    {
        public List<byte> Received { get; } = [];

        protected override void OnReceived(ReadOnlySpan<byte> bytes) => Received.AddRange(bytes);
    }

    /// <summary>Comes in pieces, each second one late.</summary>
    private sealed class Pieces(byte[] bytes, int[] pieces) : MemoryStream(bytes)
    {
        public int Calls { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Calls++ % 2 == 1)
                await Task.Yield();
            return Read(buffer.Span[..Math.Min(buffer.Length, pieces[Calls % pieces.Length])]);
        }
    }
}
