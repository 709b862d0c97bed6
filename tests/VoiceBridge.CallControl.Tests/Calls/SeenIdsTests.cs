using Microsoft.Extensions.Time.Testing;

namespace VoiceBridge.CallControl.Tests.Calls;

public sealed class SeenIdsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Id_IsNewOnce_UntilItIsForgotten()
    {
        var seen = new SeenIds(10, TimeSpan.FromMinutes(1), _time);
        Assert.True(seen.TryAdd("a"));
        Assert.False(seen.TryAdd("a"));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(seen.TryAdd("a"));
    }

    [Fact]
    public void Memory_IsBounded()
    {
        var seen = new SeenIds(2, TimeSpan.FromMinutes(1), _time);
        foreach (var id in (string[])["a", "b", "c"]) seen.TryAdd(id);

        Assert.True(seen.TryAdd("a"));
        Assert.False(seen.TryAdd("c"));
    }
}
