using System.Text;
using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Sockets;
using VoiceBridge.MediaGateway.Tests.Fakes;

namespace VoiceBridge.MediaGateway.Tests.Sockets;

public sealed class SocketWriterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StallingSocket _socket = new();
    private readonly List<string> _failures = [];

    [Fact]
    public void IdleWriter_SendsInline()
    {
        Fresh().Audio(Message("a"));
        Assert.Equal(["a"], _socket.Sent);
    }

    [Fact]
    public void BusyWriter_SendsControlBeforeQueuedAudio_AndEachKindInOrder()
    {
        var writer = Fresh();
        _socket.Stall();
        writer.Audio(Message("a1"));
        writer.Audio(Message("a2"));
        writer.Control(Message("c1"));
        writer.Audio(Message("a3"));
        writer.Control(Message("c2"));
        Assert.Empty(_socket.Sent);
        _socket.GoOn();
        Assert.Equal(["a1", "c1", "c2", "a2", "a3"], _socket.Sent);
    }

    [Fact]
    public void LateAudio_IsDroppedOldestFirst_AndControlNever()
    {
        var writer = Fresh();
        _socket.Stall();
        writer.Audio(Message("sending"));
        writer.Audio(Message("old1"));
        writer.Control(Message("control"));
        writer.Audio(Message("old2"));
        _time.Advance(TimeSpan.FromMilliseconds(1_500));
        writer.Audio(Message("new"));
        _socket.GoOn();
        Assert.Equal(["sending", "control", "new"], _socket.Sent);
        Assert.Equal(2, writer.Dropped);
        Assert.Equal(0, writer.BacklogMs);
    }

    [Fact]
    public void Interrupt_LeavesNothingOfTheAudioBefore()
    {
        var writer = Complete();
        _socket.Stall();
        writer.Audio(Message("sending"));
        writer.Audio(Message("stale"));
        writer.Interrupt(Message("stop"));
        writer.Audio(Message("next"));
        _socket.GoOn();
        Assert.Equal(["sending", "stop", "next"], _socket.Sent);
    }

    [Fact]
    public void CompleteLane_DropsNothing_AndFailsBeyondItsBacklog()
    {
        var writer = Complete();
        _socket.Stall();
        writer.Audio(Message("sending"));
        for (var i = 0; i < 30; i++)
            writer.Audio(Message($"{i}", ms: 1_000));
        Assert.Empty(_failures);
        Assert.Equal(30_000, writer.BacklogMs);
        writer.Audio(Message("too much", ms: 1_000));
        Assert.Equal(["the peer is too far behind"], _failures);
        Assert.True(_socket.Aborted);
    }

    [Fact]
    public void PeerThatDoesNotRead_IsAbortedAfterTheDeadline()
    {
        var writer = Fresh();
        _socket.Stall();
        writer.Audio(Message("a"));
        _time.Advance(TimeSpan.FromSeconds(4));
        writer.CheckDeadline();
        Assert.False(_socket.Aborted);
        _time.Advance(TimeSpan.FromSeconds(2));
        writer.CheckDeadline();
        Assert.True(_socket.Aborted);
        Assert.Equal(2, _socket.Checks);
        Assert.Equal(["the peer does not read"], _failures);
    }

    [Fact]
    public void Close_ComesAfterControl_AndNothingAfterIt()
    {
        var writer = Fresh();
        _socket.Stall();
        writer.Audio(Message("sending"));
        writer.Control(Message("control"));
        writer.Close();
        writer.Control(Message("late"));
        writer.Audio(Message("late"));
        _socket.GoOn();
        Assert.Equal(["sending", "control", "<close>"], _socket.Sent);
    }

    [Fact]
    public async Task ManySenders_NeverSendAtOnce_AndLoseNothing()
    {
        var writer = Complete();
        const int Senders = 8;
        const int Each = 2_000;
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                if (sender % 2 == 0)
                    writer.Audio(Message($"{sender}:{i}", ms: 0));
                else
                    writer.Control(Message($"{sender}:{i}", ms: 0));
        }, TestContext.Current.CancellationToken)));

        Assert.Equal(1, _socket.MostAtOnce);
        Assert.Equal(Senders * Each, _socket.Sent.Count);
        foreach (var own in _socket.Sent.Select(text => text.Split(':')).GroupBy(parts => parts[0]))
            Assert.Equal(Enumerable.Range(0, Each), own.Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void PacedAudio_WaitsForItsTime_InOrder_AndControlDoesNot()
    {
        var writer = Paced();
        for (var i = 0; i < 20; i++)
            writer.Audio(Message($"a{i}", 60));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"a{i}"), _socket.Sent);
        writer.Control(Message("control"));
        Assert.Equal("control", _socket.Sent[^1]);
        for (var passed = 0; passed < 2_000; passed += 10)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            // Never more than so far ahead, and never dry.
            var sent = _socket.Sent.Count - 1;
            Assert.InRange(sent * 60 - (passed + 10), sent < 20 ? 60 : -1_000, 400);
        }
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"a{i}"), _socket.Sent.Where(text => text != "control"));
        Assert.Equal(0, writer.BacklogMs);
    }

    [Fact]
    public void PacedAudio_IsDroppedByAnInterruption_AndWhatFollowsIsSentAtOnce()
    {
        var writer = Paced();
        for (var i = 0; i < 20; i++)
            writer.Audio(Message($"a{i}", 60));
        writer.Interrupt(Message("clear"));
        writer.Audio(Message("b", 60));
        writer.Audio(Message("mark"));
        Assert.Equal(["clear", "b", "mark"], _socket.Sent.Skip(6));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(9, _socket.Sent.Count);
    }

    [Fact]
    public void PacedAudio_LongerThanItMayBeAhead_IsSentWhenThePeerIsDry()
    {
        var writer = Paced();
        writer.Audio(Message("long", 1_000));
        writer.Audio(Message("next", 60));
        Assert.Equal(["long"], _socket.Sent);
        _time.Advance(TimeSpan.FromMilliseconds(660));
        Assert.Equal(["long", "next"], _socket.Sent);
        writer.Close();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("<close>", _socket.Sent[^1]);
    }

    private SocketWriter Paced() => new(
        _socket, AudioLane.Paced(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(400)), TimeSpan.FromSeconds(5), _time, _failures.Add);

    private SocketWriter Fresh() => new(_socket, AudioLane.Fresh(TimeSpan.FromSeconds(1)), TimeSpan.FromSeconds(5), _time, _failures.Add);

    private SocketWriter Complete() => new(_socket, AudioLane.Complete(TimeSpan.FromSeconds(30)), TimeSpan.FromSeconds(5), _time, _failures.Add);

    private static OutMessage Message(string text, int ms = 20) => OutMessage.Shared(Encoding.UTF8.GetBytes(text), ms);
}
