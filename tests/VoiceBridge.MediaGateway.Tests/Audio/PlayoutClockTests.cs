using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Tests.Audio;

public sealed class PlayoutClockTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Item_IsHeardAsTimePasses()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 1_000);
        Pass(400);
        Assert.Equal(600, clock.Remaining.TotalMilliseconds);
        Assert.Equal([new HeardItem("a", 0, 400, 1_000)], clock.Flush());
        Assert.False(clock.IsPlaying);
    }

    [Fact]
    public void SecondItem_StartsWhenTheFirstHasPlayed()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 1_000);
        Send(clock, "b", 1_000);
        Pass(1_300);
        Assert.Equal([new HeardItem("b", 0, 300, 1_000)], clock.Flush());
    }

    [Fact]
    public void ItemsNotYetBegun_WereHeardForNothing()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 1_000);
        Send(clock, "b", 1_000);
        Pass(300);
        Assert.Equal([new HeardItem("a", 0, 300, 1_000), new HeardItem("b", 0, 0, 1_000)], clock.Flush());
    }

    [Fact]
    public void GapsBetweenDeltas_AreNotHeard()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 200);
        Pass(1_000);
        Send(clock, "a", 500);
        Pass(100);
        Assert.Equal([new HeardItem("a", 0, 300, 700)], clock.Flush());
    }

    [Fact]
    public void WhatHasPlayed_IsNotCutShort()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 200);
        Pass(201);
        Assert.Empty(clock.Flush());
    }

    [Fact]
    public void Heard_IsNeverMoreThanSent()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        for (var i = 0; i < 100; i++)
            clock.Sent("a"u8, 0, 47 * 2);
        Pass(10_000);
        clock.Sent("a"u8, 0, 48 * 1_000);
        Pass(999);
        var heard = Assert.Single(clock.Flush()).HeardMs;
        Assert.InRange(heard, 1, (100 * 94 + 48_000) / 48);
    }

    [Fact]
    public void AfterAFlush_TheNextItemStartsAtOnce()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 5_000);
        Pass(100);
        clock.Flush();
        Send(clock, "b", 1_000);
        Pass(250);
        Assert.Equal([new HeardItem("b", 0, 250, 1_000)], clock.Flush());
    }

    [Fact]
    public void ForgottenItems_PlayOnButAreNotTruncated()
    {
        var clock = new PlayoutClock(AudioFormat.Pcm24k, _time);
        Send(clock, "a", 1_000);
        clock.Forget();
        Assert.True(clock.IsPlaying);
        Send(clock, "b", 100);
        Assert.Equal(1_100, clock.Remaining.TotalMilliseconds);
        Assert.Equal([new HeardItem("b", 0, 0, 100)], clock.Flush());
    }

    [Fact]
    public void Report_SaysWhatWasPlayed_AndTimeGoesOnFromThere()
    {
        var clock = new PlayoutClock(AudioFormat.MuLaw8k, _time);
        clock.Sent("a"u8, 0, 1_000 * 8);
        Pass(200);
        clock.Reported(60 * 8);
        Assert.Equal(940, clock.Remaining.TotalMilliseconds);
        Pass(40);
        Assert.Equal([new HeardItem("a", 0, 100, 1_000)], clock.Flush());
    }

    [Fact]
    public void WithoutTheNextReport_NoMoreIsBelievedThanALostOneExplains_UntilReportsAreGivenUp()
    {
        var clock = new PlayoutClock(AudioFormat.MuLaw8k, _time);
        clock.Sent("a"u8, 0, 2_000 * 8);
        Pass(60);
        clock.Reported(60 * 8);
        Pass(500);
        Assert.Equal(2_000 - 60 - 100, clock.Remaining.TotalMilliseconds);
        Pass(500);
        Assert.Equal(2_000 - 60 - 1_000, clock.Remaining.TotalMilliseconds);
    }

    [Fact]
    public void ReportsOfWhatWasFlushed_OfTheFuture_AndOutOfOrder_SayNothing()
    {
        var clock = new PlayoutClock(AudioFormat.MuLaw8k, _time);
        Assert.Equal(0, clock.Sent("a"u8, 0, 1_000 * 8));
        Pass(100);
        clock.Reported(9_000);
        Assert.Equal(900, clock.Remaining.TotalMilliseconds);
        clock.Flush();
        Assert.Equal(1_000 * 8, clock.Sent("b"u8, 0, 1_000 * 8));
        Pass(50);
        clock.Reported(1_000 * 8);
        Assert.Equal(950, clock.Remaining.TotalMilliseconds);
        clock.Reported(1_040 * 8);
        clock.Reported(1_020 * 8);
        Assert.Equal([new HeardItem("b", 0, 40, 1_000)], clock.Flush());
    }

    [Fact]
    public void ReportThatComesLate_PutsBackWhatTimeAloneHadTakenForPlayed()
    {
        var clock = new PlayoutClock(AudioFormat.MuLaw8k, _time);
        clock.Sent("a"u8, 0, 300 * 8);
        Pass(300);
        Assert.False(clock.IsPlaying);
        clock.Reported(120 * 8);
        Assert.Equal(180, clock.Remaining.TotalMilliseconds);
        clock.Reported(300 * 8);
        Assert.False(clock.IsPlaying);
    }

    private static void Send(PlayoutClock clock, string item, int ms) => clock.Sent(System.Text.Encoding.UTF8.GetBytes(item), 0, ms * 48);

    private void Pass(int ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
