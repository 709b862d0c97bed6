using CsCheck;
using VoiceBridge.Simulator.Acs.Media;
using VoiceBridge.Simulator.Marks;

namespace VoiceBridge.Simulator.Tests.Acs;

public sealed class PlayoutTests
{
    private readonly Playout _playout = new(24_000, TimeProvider.System);
    private readonly short[] _frame = new short[480];

    [Fact]
    public void Audio_ComesOutAsItWentIn_WhateverThePieces() => Gen.Int[1, 5_000].Array[1, 40].Sample(
        pieces =>
        {
            var playout = new Playout(1_000, TimeProvider.System);
            short next = 0, expected = 0;
            var frame = new short[480];
            foreach (var piece in pieces)
            {
                playout.Enqueue(Enumerable.Range(0, piece).Select(_ => next++).ToArray());
                while (playout.QueuedMilliseconds >= 480)
                {
                    Assert.True(playout.Play(frame));
                    Assert.All(frame, sample => Assert.Equal(expected++, sample));
                }
            }
        },
        iter: 50);

    [Fact]
    public void Stop_EmptiesIt()
    {
        _playout.Enqueue(new short[24_000]);
        Assert.True(_playout.Play(_frame));
        var stop = _playout.Stop();
        Assert.Equal(980, stop.DiscardedMilliseconds);
        Assert.Equal(20, stop.PlayedMilliseconds);
        Assert.False(_playout.Play(_frame));
    }

    [Fact]
    public void AudioOfAStoppedItem_IsStale_AndOfTheNextItemIsNot()
    {
        _playout.Enqueue(Item(1));
        _playout.Stop();
        _playout.Enqueue(Item(1));
        Assert.Equal(4_800, _playout.StaleSamples);
        _playout.Enqueue(Item(2));
        Assert.Equal(4_800, _playout.StaleSamples);
    }

    private static short[] Item(ushort number)
    {
        var audio = new short[4_800];
        new MarkWriter(MarkWord.Encode(MarkKind.Agent, 9, number)).Write(audio);
        return audio;
    }
}
