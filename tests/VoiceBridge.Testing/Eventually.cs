using System.Diagnostics;
using StackExchange.Redis;

namespace VoiceBridge.Testing;

/// <summary>Waits for what must come true, up to a generous deadline; for tests, instead of sleeping.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Returns when <paramref name="condition"/> holds; fails the test, naming <paramref name="what"/>, when it does not within the deadline (30 s).
    /// <paramref name="tell"/> says how things stand then.</summary>
    public static Task True(Func<bool> condition, TimeSpan? deadline = null, string what = "the condition", Func<string>? tell = null) =>
        True(() => Task.FromResult(condition()), deadline, what, tell);

    /// <inheritdoc cref="True(Func{bool}, TimeSpan?, string, Func{string})"/>
    public static async Task True(Func<Task<bool>> condition, TimeSpan? deadline = null, string what = "the condition", Func<string>? tell = null)
    {
        var limit = deadline ?? DefaultDeadline;
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            RedisException? away = null;
            try
            {
                if (await condition()) return;
            }
            catch (RedisException e)
            {
                // Who looks may have lost Redis for a moment, as services do: it is restarted, or the machine is very busy. Not true yet.
                away = e;
            }
            if (Stopwatch.GetElapsedTime(started) > limit)
                Assert.Fail($"Waited {limit.TotalSeconds:0.#} s in vain for {what}.{(away is null ? "" : $" At last: {away.Message}")} {tell?.Invoke()}".TrimEnd());
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Returns the first value of <paramref name="read"/> that <paramref name="wanted"/> accepts, within the deadline (30 s).</summary>
    public static async Task<T> Get<T>(Func<Task<T>> read, Func<T, bool> wanted, TimeSpan? deadline = null, string what = "the value")
    {
        T value = default!;
        await True(async () => wanted(value = await read()), deadline, what);
        return value;
    }
}
