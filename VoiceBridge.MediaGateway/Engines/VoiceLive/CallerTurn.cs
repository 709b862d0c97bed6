using VoiceBridge.MediaGateway.Calls.Facts;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Whether the caller speaks, and whether what was said is being answered: a turn that the service does not answer by itself becomes a wish of ours,
/// and a noise that was no turn is told as such. On the call's loop only.</summary>
/// <param name="timers">The call's clock.</param>
/// <param name="serviceAnswers">Whether the service answers a turn by itself.</param>
/// <param name="waited">The service has had its time: whether a turn is unanswered, and whether there was a noise.</param>
internal sealed class CallerTurn(ICallTimers timers, bool serviceAnswers, Action<bool, bool> waited)
{
    /// <summary>How long after the caller's turn the service may take to begin its own answer before we ask for ours.</summary>
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromSeconds(2);

    /// <summary>Nobody speaks longer without a turn: the end of the speech was not reported.</summary>
    private static readonly TimeSpan MaxSpeech = TimeSpan.FromSeconds(60);

    private IDisposable? _answerTimer;
    private IDisposable? _speechTimer;
    private bool _isUnanswered;
    private bool _heardNoise;

    public bool Speaks { get; private set; }

    /// <summary>The caller has stopped to speak, and the service has not begun to answer yet.</summary>
    public bool AwaitsAnswer { get; private set; }

    public void OnSpeechStarted()
    {
        EndWait();
        Speaks = true;
        _isUnanswered = false;
        _speechTimer = timers.After(MaxSpeech, OnSpeechStopped);
    }

    public void OnSpeechStopped()
    {
        if (!Speaks)
            return;
        EndSpeech();
        _heardNoise = !_isUnanswered;
        Wait();
    }

    /// <summary>What the caller said is a turn of the conversation now.</summary>
    /// <param name="isResponding">The service is making a response: the wait begins when that is over.</param>
    public void OnCommitted(bool isResponding)
    {
        EndSpeech();
        _isUnanswered = serviceAnswers;
        _heardNoise = false;
        if (!isResponding && !AwaitsAnswer)
            Wait();
    }

    /// <summary>What the caller said, as text; empty for a noise.</summary>
    public void OnTranscript(string text)
    {
        EndSpeech();
        if (string.IsNullOrWhiteSpace(text) && _isUnanswered)
            (_isUnanswered, _heardNoise) = (false, true);
    }

    /// <summary>A response begins: it answers whatever was said.</summary>
    public void OnResponse()
    {
        _isUnanswered = false;
        EndSpeech();
        EndWait();
    }

    /// <summary>No response is being made any more.</summary>
    public void OnIdle()
    {
        if (_isUnanswered && !AwaitsAnswer && !Speaks)
            Wait();
    }

    public void Reset()
    {
        _isUnanswered = false;
        EndSpeech();
        EndWait();
    }

    /// <summary>The turn's answer is being asked for.</summary>
    public void OnAsked() => _isUnanswered = false;

    private void Wait()
    {
        _answerTimer?.Dispose();
        AwaitsAnswer = serviceAnswers;
        _answerTimer = timers.After(AnswerDelay, OnWaited);
    }

    private void OnWaited()
    {
        var (unanswered, noise) = (_isUnanswered, _heardNoise);
        AwaitsAnswer = _heardNoise = false;
        waited(unanswered, noise);
    }

    private void EndSpeech()
    {
        Speaks = false;
        _speechTimer?.Dispose();
    }

    private void EndWait()
    {
        AwaitsAnswer = _heardNoise = false;
        _answerTimer?.Dispose();
        _speechTimer?.Dispose();
    }
}
