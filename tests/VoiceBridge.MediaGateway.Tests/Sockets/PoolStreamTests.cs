using CsCheck;
using VoiceBridge.MediaGateway.Sockets;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class PoolStreamTests
{
    private static readonly Gen<(byte[] Bytes, int[] Pieces, int[] Asked)> Reads =
        Gen.Select(Gen.Byte.Array[0, 20_000], Gen.Int[1, 5_000].Array[1, 20], Gen.Int[1, 5_000].Array[1, 20]);

    [Fact]
    public Task EveryByte_IsReadOnceAndInOrder_HoweverItComesAndIsAskedFor() => Reads.SampleAsync(async reads =>
    {
        await using var stream = new PoolStream(new Pieces(reads.Bytes, reads.Pieces), waits: 3);
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
        Assert.Equal(reads.Bytes, all);
    }, iter: 300);

    [Fact]
    public async Task OneCall_BringsWhatIsAskedForInPieces()
    {
        var source = new Pieces(new byte[1_500], [1_500]);
        await using var stream = new PoolStream(source, waits: 0);
        foreach (var asked in (int[])[0, 14, 1_486])
            Assert.Equal(asked, await stream.ReadAsync(new byte[asked], TestContext.Current.CancellationToken));
        Assert.Equal(1, source.Calls);
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
