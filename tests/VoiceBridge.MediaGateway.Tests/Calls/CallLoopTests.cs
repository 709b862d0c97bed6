using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Tests.Calls;

public sealed class CallLoopTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _done = [];

    [Fact]
    public void SignalsComeInOrder_ThenTimersByTheirTimes()
    {
        using var loop = Loop();
        loop.After(TimeSpan.FromSeconds(2), () => _done.Add("two seconds"));
        loop.After(TimeSpan.FromSeconds(1), () => _done.Add("one second"));
        loop.Post("first", () => _done.Add("first"));
        loop.PostLazily("second", () => _done.Add("second"));
        _time.Advance(TimeSpan.FromSeconds(3));

        loop.RunDue();

        Assert.Equal(["first", "second", "one second", "two seconds", "settled"], _done);
    }

    [Fact]
    public void TimerThatIsDisposed_DoesNotFire()
    {
        using var loop = Loop();
        loop.After(TimeSpan.FromSeconds(1), () => _done.Add("fired")).Dispose();
        _time.Advance(TimeSpan.FromSeconds(2));

        loop.RunDue();

        Assert.Empty(_done);
    }

    [Fact]
    public void WhatAHandlerPosts_IsHandledAfterIt()
    {
        using var loop = Loop();
        loop.Post("outer", () =>
        {
            loop.Post("inner", () => _done.Add("inner"));
            loop.RunDue();
            _done.Add("outer");
        });

        loop.RunDue();

        Assert.Equal(["outer", "inner", "settled"], _done);
    }

    [Fact]
    public void HandlerThatFails_IsNamed_AndTheNextOneRuns()
    {
        using var loop = Loop();
        loop.Post("bad", () => throw new InvalidOperationException());
        loop.Post("good", () => _done.Add("good"));

        loop.RunDue();

        Assert.Equal(["bad failed", "good", "settled"], _done);
    }

    [Fact]
    public void DecisionThatFails_IsNamedAfterItsSignal_AndTheLoopGoesOn()
    {
        var fails = true;
        using var loop = new CallLoop(_time, 2, () => _done.Add(fails ? throw new InvalidOperationException() : "settled"), (_, name) => _done.Add($"failed: {name}"));
        loop.Post("first", () => _done.Add("first"));
        loop.RunDue();
        fails = false;
        loop.Post("second", () => _done.Add("second"));

        loop.RunDue();

        Assert.Equal(["first", "failed: first", "second", "settled"], _done);
    }

    [Fact]
    public void FullOrCompleteLoop_TakesNothing()
    {
        using var loop = Loop(capacity: 1);
        Assert.True(loop.Post("one", () => { }));
        Assert.False(loop.Post("two", () => { }));
        loop.Complete();
        loop.RunDue();

        Assert.False(loop.Post("three", () => { }));
    }

    [Fact]
    public async Task Loop_WakesForSignalsAndTimers_AndEndsWhenItIsComplete()
    {
        using var loop = Loop();
        var running = loop.RunAsync();
        var fired = new TaskCompletionSource();
        loop.Post("start", () => loop.After(TimeSpan.FromSeconds(1), fired.SetResult));
        while (!fired.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        loop.Post("last", () => _done.Add("last"));
        loop.Complete();
        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Contains("last", _done);
    }

    [Fact]
    public async Task LazySignal_WaitsForTheNextOne_OrForAWake()
    {
        using var loop = Loop();
        var running = loop.RunAsync();
        var handled = new TaskCompletionSource();
        Assert.True(loop.PostLazily("words", handled.SetResult));

        loop.Wake();

        await handled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        loop.Complete();
        await running;
    }

    private CallLoop Loop(int capacity = 100) => new(_time, capacity, () => _done.Add("settled"), (_, signal) => _done.Add($"{signal} failed"));
}
