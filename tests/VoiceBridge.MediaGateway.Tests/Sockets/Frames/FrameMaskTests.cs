using VoiceBridge.MediaGateway.Sockets.Frames;

namespace VoiceBridge.MediaGateway.Tests.Sockets.Frames;

public sealed class FrameMaskTests
{
    [Fact]
    public void EachByte_IsMaskedByItsPlace_WhateverTheLength()
    {
        byte[] mask = [0x12, 0x34, 0x56, 0x78];
        for (var length = 0; length < 200; length++)
        {
            var plain = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            // Not aligned.
            byte[] masked = [0xAA, .. plain, 0xBB];
            FrameMask.Apply(masked.AsSpan(1, length), BitConverter.ToUInt32(mask));
            Assert.Equal([0xAA, .. plain.Select((value, i) => (byte)(value ^ mask[i % 4])), 0xBB], masked);
        }
    }

    /// <summary>16 million masks would repeat some 30,000 by chance, 3,000 about one: what comes from a poor source repeats far more.</summary>
    [Fact]
    public async Task Masks_AreNotRepeated_OnAnyThread()
    {
        const int Each = 3_000;
        var masks = (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, Each).Select(_ => FrameMask.Next()).ToArray(), TestContext.Current.CancellationToken))))
            .SelectMany(all => all).ToArray();
        Assert.InRange(masks.Distinct().Count(), masks.Length - 5, masks.Length);
        // Each bit is set in half of them.
        for (var bit = 0; bit < 32; bit++)
            Assert.InRange(masks.Count(mask => (mask >> bit & 1) != 0), masks.Length * 0.45, masks.Length * 0.55);
    }
}
