using Microsoft.Extensions.Time.Testing;
using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Calls;

namespace VoiceBridge.MediaGateway.Tests.Agents;

public sealed class HeardTimerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, 37, TimeSpan.Zero));
    private readonly List<TimeSpan> _looks = [];
    private readonly CallLoop _loop;
    private readonly HeardTimer _timer;
    private TimeSpan _left;

    public HeardTimerTests()
    {
        var began = _time.GetTimestamp();
        _timer = null!;
        _loop = new CallLoop(_time, 100, () => _timer!.Set(_left), (exception, _) => throw exception);
        _timer = new HeardTimer(_loop);
        _loop.OnWake = () =>
        {
            _looks.Add(_time.GetElapsedTime(began));
            _loop.RunDue();
        };
    }

    [Fact]
    public void AudioAtThePaceOfItsPlaying_IsLookedAtLessAndLessOften_AtTimesThatAllCallsHave()
    {
        _left = TimeSpan.FromMilliseconds(20);
        Begin();
        for (var i = 0; i < 2_000; i++)
            _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.InRange(_looks.Count, 4, 8);
        Assert.All(_looks.Skip(1), look => Assert.Equal(0, (look.TotalMilliseconds + 37) % 100));
    }

    [Fact]
    public void AudioThatCameAhead_IsLookedAtWhenItHasBeenPlayed_AndOftenAgainAfterAPause()
    {
        _left = TimeSpan.FromMilliseconds(3_210);
        Begin();
        _left = TimeSpan.Zero;
        for (var i = 0; i < 3_300; i++)
            _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMilliseconds(3_210)], _looks);

        _left = TimeSpan.FromMilliseconds(20);
        Begin();
        for (var i = 0; i < 250; i++)
            _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(4, _looks.Count);
    }

    public void Dispose() => _loop.Dispose();

    private void Begin() => _loop.Post("audio", static () => { });
}
