using VoiceBridge.MediaGateway.Audio;
using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Configuration;

namespace VoiceBridge.MediaGateway.Agents;

/// <summary>What a caller hears who waits for a tool or for a transfer that rings: after a while a recording, again and again. Who speaks stops it, the agent
/// as well as the caller.</summary>
internal sealed class WorkingSound(ICallTimers timers, WorkingPlan plan, Action<RecordingKind> play)
{
    private static readonly TimeSpan PhrasePause = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan QuietPause = TimeSpan.FromSeconds(1.6);

    private IDisposable? _timer;
    private bool _hasPlayed;

    /// <summary>Looks after each change whether somebody <paramref name="waits"/>, and how much is <paramref name="left"/> of what they hear.</summary>
    public void Update(bool waits, TimeSpan left)
    {
        if (!waits)
            _hasPlayed = false;
        if (!waits || left > TimeSpan.Zero || plan.After <= TimeSpan.Zero)
        {
            _timer?.Dispose();
            _timer = null;
            return;
        }
        _timer ??= timers.After(!_hasPlayed ? plan.After : plan.Phrase ? PhrasePause : QuietPause, Play);
    }

    private void Play()
    {
        (_timer, _hasPlayed) = (null, true);
        play(plan.Phrase ? RecordingKind.Hold : RecordingKind.Working);
    }
}
