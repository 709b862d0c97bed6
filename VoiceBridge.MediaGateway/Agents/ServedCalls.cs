using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>Calls of tools that the service runs itself (MCP servers of the session): work that the caller waits for. The service speaks to the result by
/// itself; where it does not, it is asked to.</summary>
internal sealed class ServedCalls(ICallTimers timers, Func<bool> isResponding, Action answer)
{
    /// <summary>What the service may take to begin to speak.</summary>
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromSeconds(2);

    /// <summary>Nobody hears of the end of a call that takes longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, IDisposable> _running = [];
    private IDisposable? _answer;

    public bool AreRunning => _running.Count > 0;

    public void OnStarted(string itemId)
    {
        _answer?.Dispose();
        if (!_running.ContainsKey(itemId))
            _running[itemId] = timers.After(Longest, () => OnEnded(itemId));
    }

    public void OnEnded(string itemId)
    {
        if (!_running.Remove(itemId, out var timer))
            return;
        timer.Dispose();
        if (!AreRunning)
            Wait();
    }

    /// <summary>The agent says something, or the caller does.</summary>
    public void OnSpoken() => _answer?.Dispose();

    /// <summary>The session is gone, and its calls with it.</summary>
    public void Reset()
    {
        foreach (var timer in _running.Values)
            timer.Dispose();
        _running.Clear();
        _answer?.Dispose();
    }

    private void Wait() => _answer = timers.After(AnswerDelay, () =>
    {
        if (isResponding())
            Wait();
        else
            answer();
    });
}
