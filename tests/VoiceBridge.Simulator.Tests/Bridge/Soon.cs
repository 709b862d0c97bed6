namespace VoiceBridge.Simulator.Tests.Bridge;

/// <summary>Waits for what comes by itself, with a generous deadline.</summary>
internal static class Soon
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    internal static Task Is(Func<bool> condition, string what) => Is(() => Task.FromResult(condition()), what);

    internal static async Task Is(Func<Task<bool>> condition, string what)
    {
        var until = DateTime.UtcNow + Deadline;
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < until, $"Not within {Deadline.TotalSeconds} s: {what}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    internal static Task Is(Task task) => task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
}
