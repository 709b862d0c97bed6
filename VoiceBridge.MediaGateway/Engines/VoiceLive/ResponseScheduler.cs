using VoiceBridge.MediaGateway.Agents;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>Asks the service for responses, one at a time: <c>response.create</c> during another response is refused
/// (<c>conversation_already_has_active_response</c>). What is wanted meanwhile waits for <c>response.done</c>; what is wanted while the
/// caller speaks waits for the answer that the service gives by itself. Not thread-safe.</summary>
internal sealed class ResponseScheduler(CallTimers timers, bool serviceAnswers, Action<ReadOnlyMemory<byte>> send) : IDisposable
{
    /// <summary>How long after the caller's turn the service may take to begin its own answer before we ask for ours.</summary>
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromSeconds(2);

    /// <summary>A request that brought neither a response nor an error in this time is taken for lost.</summary>
    private static readonly TimeSpan RequestLife = TimeSpan.FromSeconds(15);

    private readonly Queue<ReadOnlyMemory<byte>> _texts = new();
    private readonly HashSet<string> _active = [];
    private IDisposable? _answerTimer;
    private IDisposable? _requestTimer;
    private ReadOnlyMemory<byte>? _request;
    private bool _wanted;
    private bool _callerSpeaks;
    private bool _awaitsAnswer;
    private bool _refused;
    private int _unseenItems;

    /// <summary>A response is being made, asked for, or wanted.</summary>
    public bool IsBusy => _active.Count > 0 || _request is not null || _refused || _wanted || _texts.Count > 0;

    public bool CallerSpeaks => _callerSpeaks;


    /// <summary>The model should answer to what is new in the conversation. Wishes that meet are one.</summary>
    public void Want()
    {
        _wanted = true;
        Pump();
    }

    /// <summary>A certain request: a text to be spoken, a question to a silent caller.</summary>
    public void Request(ReadOnlyMemory<byte> request)
    {
        _texts.Enqueue(request);
        Pump();
    }

    /// <summary>What was to be said has been overtaken: the caller speaks.</summary>
    public void ForgetRequests() => _texts.Clear();

    /// <summary>An item was sent; until the service has seen it, a response that begins does not know of it.</summary>
    public void ItemSent() => _unseenItems++;

    public void ItemSeen() => _unseenItems = Math.Max(0, _unseenItems - 1);

    /// <summary>A request that somebody else sends at once: the opening of a session.</summary>
    public void Sent(ReadOnlyMemory<byte> request) => Await(request);

    public void OnCreated(string responseId)
    {
        var ours = _request is not null;
        _requestTimer?.Dispose();
        _request = null;
        _refused = false;
        _active.Add(responseId);
        EndAnswerWait();
        if (!ours && _unseenItems == 0)
            _wanted = false;        // the service answers by itself, and to everything that there is
    }

    public void OnDone(string responseId)
    {
        _active.Remove(responseId);
        Pump();
    }

    /// <summary>An error of the service; true when it was about a request of ours.</summary>
    public bool OnError(ErrorInfo error)
    {
        if (_request is not { } request)
            return false;
        if (error.Code == "conversation_already_has_active_response")
        {
            // The service was faster; ours comes after its response.
            _requestTimer?.Dispose();
            _request = null;
            _refused = _active.Count == 0;
            if (request.Span.SequenceEqual(ClientEvents.ResponseCreate().Span))
                _wanted = true;
            else
                _texts.Enqueue(request);
            if (_refused)
                _requestTimer = timers.After(RequestLife, GiveUp);
            return true;
        }
        return false;
    }

    public void OnSpeechStarted()
    {
        _callerSpeaks = true;
        EndAnswerWait();
    }

    public void OnSpeechStopped()
    {
        _callerSpeaks = false;
        if (!serviceAnswers)
        {
            Pump();
            return;
        }
        _awaitsAnswer = true;
        _answerTimer = timers.After(AnswerDelay, () =>
        {
            EndAnswerWait();
            Pump();
        });
    }

    /// <summary>The session is gone, and its responses with it.</summary>
    public void Reset()
    {
        _active.Clear();
        _texts.Clear();
        _request = null;
        _requestTimer?.Dispose();
        _refused = _wanted = _callerSpeaks = false;
        _unseenItems = 0;
        EndAnswerWait();
    }

    public void Dispose()
    {
        _requestTimer?.Dispose();
        _answerTimer?.Dispose();
    }

    private void Pump()
    {
        if (_active.Count > 0 || _request is not null || _refused || _callerSpeaks || _awaitsAnswer)
            return;
        if (_texts.TryDequeue(out var text))
        {
            Await(text);
            send(text);
        }
        else if (_wanted)
        {
            _wanted = false;
            var request = ClientEvents.ResponseCreate();
            Await(request);
            send(request);
        }
    }

    private void Await(ReadOnlyMemory<byte> request)
    {
        _request = request;
        _requestTimer?.Dispose();
        _requestTimer = timers.After(RequestLife, GiveUp);
    }

    private void GiveUp()
    {
        _request = null;
        _refused = false;
        Pump();
    }

    private void EndAnswerWait()
    {
        _awaitsAnswer = false;
        _answerTimer?.Dispose();
    }
}
