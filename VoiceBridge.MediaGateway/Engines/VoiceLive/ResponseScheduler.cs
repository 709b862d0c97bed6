using VoiceBridge.MediaGateway.Calls.Facts;
using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>How long the service may take.</summary>
/// <param name="Request">For a request that brings neither a response nor an error.</param>
/// <param name="Response">For a response that nobody hears of any more.</param>
internal sealed record ResponseTimes(TimeSpan Request, TimeSpan Response);

/// <summary>
/// Asks the service for responses, one at a time: <c>response.create</c> during another response is refused. Which response is whose is known by the request's
/// id, which the service echoes in metadata and errors; where it does not, the next response is taken for ours until an error says otherwise. Whatever becomes
/// of a request, it ends: spoken, asked again, or given up (<see cref="IResponseHost.OnGivenUp"/>). On the call's loop only.
/// </summary>
internal sealed class ResponseScheduler(ICallTimers timers, bool serviceAnswers, ResponseTimes times, IResponseHost host)
{
    private const int MaxAttempts = 3;

    /// <summary>How long after the caller's turn the service may take to begin its own answer before we ask for ours.</summary>
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromSeconds(2);

    /// <summary>Nobody speaks longer without a turn: the end of the speech was not reported.</summary>
    private static readonly TimeSpan MaxSpeech = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly LinkedList<ResponseRequest> _wanted = new();
    private readonly Dictionary<string, ActiveResponse> _active = [];
    private IDisposable? _answerTimer;
    private IDisposable? _speechTimer;
    private IDisposable? _requestTimer;
    private IDisposable? _watchTimer;
    private IDisposable? _pause;
    private ResponseRequest? _pending;
    private bool _metadata = true;
    private bool _echoes;
    private bool _awaitsAnswer;
    private bool _hasTurn;
    private bool _heardNoise;
    private int _failures;
    private int _unseenItems;
    private int _ids;

    /// <summary>A response is being made, asked for, or wanted.</summary>
    public bool IsBusy => _active.Count > 0 || _pending is not null || _wanted.Count > 0 || _pause is not null || _awaitsAnswer;

    public bool IsResponding => _active.Count > 0 || _pending is not null;

    public bool CallerSpeaks { get; private set; }

    /// <summary>The model should answer to what is new in the conversation. Wishes are coalesced.</summary>
    public void Answer()
    {
        if (!_wanted.Any(request => request.IsAnswer))
            _wanted.AddLast(NewRequest(Prompt.Answer));
        Pump();
    }

    /// <summary>A text to be spoken, a question to a silent caller.</summary>
    public void Say(Prompt prompt)
    {
        _wanted.AddLast(NewRequest(prompt));
        Pump();
    }

    /// <summary>The caller speaks: what was to be said has been overtaken.</summary>
    public void ForgetPrompts()
    {
        foreach (var request in _wanted.Where(request => !request.IsAnswer).ToArray())
            _wanted.Remove(request);
    }

    /// <summary>The response that a session is opened with, to be sent by the caller of this.</summary>
    public ReadOnlyMemory<byte> Open(Prompt prompt) => MakePending(NewRequest(prompt));

    /// <summary>An item was sent; until the service has seen it, a response that begins does not know of it.</summary>
    public void ItemSent() => _unseenItems++;

    public void ItemSeen() => _unseenItems = Math.Max(0, _unseenItems - 1);

    /// <summary>The caller interrupted without speaking: the service goes on unless it is told.</summary>
    public void CancelActive()
    {
        foreach (var response in _active.Values)
            host.Send(ClientEvents.ResponseCancel(response.Id));
    }

    public void OnCreated(ResponseInfo response)
    {
        var active = new ActiveResponse(response.Id, timers.Now) { Request = Match(response), KnowsAll = _unseenItems == 0 };
        _active[response.Id] = active;
        Watch();
        EndPause();
        if (active.Request is not { } request)
        {
            OnCallerStopped();
            EndAnswerWait();
            // The service answers by itself, and to everything that there is.
            if (active.KnowsAll)
                RemoveAnswers();
            return;
        }

        _requestTimer?.Dispose();
        request.State = ResponseState.Created;
        if (!CallerSpeaks)
        {
            EndAnswerWait();
            return;
        }
        // It was on its way when the caller began to speak, and the service does not cancel what it makes later.
        active.Request = null;
        host.Mute(response.Id);
        host.Send(ClientEvents.ResponseCancel(response.Id));
        WantAgain(request);
    }

    /// <summary>Audio of a response, or the words to it.</summary>
    public void OnSound(string responseId)
    {
        if (HearOf(responseId) is not { } response)
            return;
        response.HasSound = true;
        response.Request?.State = ResponseState.Speaking;
        _failures = 0;
    }

    public void OnText(string responseId, string text) => HearOf(responseId)?.Text += text;

    public void OnCall(string responseId) => HearOf(responseId)?.HasCall = true;

    public void OnDone(ResponseInfo done)
    {
        // A service that leaves out the id means the one that there is.
        if (!_active.Remove(done.Id, out var response) && done.Id.Length == 0 && _active.Count == 1)
            _active.Remove((response = _active.Values.Single()).Id);
        End(response, done);
        if (_hasTurn && !_awaitsAnswer && !IsResponding)
            AwaitAnswer();
        Pump();
    }

    /// <summary>An error of the service; true when it was about a request of ours.</summary>
    public bool OnError(ErrorInfo error)
    {
        if (_pending is not { } request || !IsAbout(error, request))
            return false;
        Unmatch(request);
        if (IsAboutAnotherResponse(error))
        {
            // The service was faster; ours comes after its response, of which we may not have heard.
            if (request.IsAnswer && _active.Values.Any(response => response.KnowsAll))
                request.State = ResponseState.Done;
            else
                WantAgain(request);
            if (_active.Count == 0)
                PauseFor(times.Request);
        }
        else if (error.Param?.Contains("metadata", StringComparison.Ordinal) == true && _metadata)
        {
            _metadata = false;
            WantAgain(request);
            Pump();
        }
        else
        {
            Fail(request, "refused", error.Name);
        }
        return true;
    }

    public void OnSpeechStarted()
    {
        CallerSpeaks = true;
        _hasTurn = _heardNoise = false;
        EndAnswerWait();
        _speechTimer?.Dispose();
        _speechTimer = timers.After(MaxSpeech, OnSpeechStopped);
    }

    public void OnSpeechStopped()
    {
        if (!CallerSpeaks)
            return;
        OnCallerStopped();
        _heardNoise = !_hasTurn;
        AwaitAnswer();
    }

    /// <summary>What the caller said is a turn of the conversation now.</summary>
    public void OnCommitted()
    {
        OnCallerStopped();
        _hasTurn = true;
        _heardNoise = false;
        if (!serviceAnswers)
            Answer();
        else if (_active.Count == 0 && !_awaitsAnswer)
            AwaitAnswer();
    }

    /// <summary>What the caller said, as text; empty for a noise.</summary>
    public void OnTranscript(string text)
    {
        OnCallerStopped();
        if (string.IsNullOrWhiteSpace(text) && _hasTurn)
            (_hasTurn, _heardNoise) = (false, true);
    }

    /// <summary>The session is gone, and its responses with it.</summary>
    public void Reset()
    {
        _active.Clear();
        _wanted.Clear();
        _pending = null;
        CallerSpeaks = _hasTurn = _heardNoise = _echoes = false;
        _unseenItems = _failures = 0;
        _requestTimer?.Dispose();
        _speechTimer?.Dispose();
        EndPause();
        EndAnswerWait();
    }

    private static bool IsAboutAnotherResponse(ErrorInfo error) =>
        error.Code == "conversation_already_has_active_response"
        || error.Message?.Contains("active response", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>By the id where the service gives one. Else what is left after the errors of everything else that we send.</summary>
    private static bool IsAbout(ErrorInfo error, ResponseRequest request)
    {
        if (error.EventId is { Length: > 0 } id)
            return id == request.Id;
        if (IsAboutAnotherResponse(error))
            return request.State == ResponseState.Requested || request.IsGuess;
        return request.State == ResponseState.Requested
            && error.Code is not ("response_cancel_not_active" or "input_audio_buffer_commit_empty")
            && error.Param is not ("audio_end_ms" or "content_index" or "item_id")
            && error.Param?.StartsWith("session.", StringComparison.Ordinal) != true
            && error.Param?.StartsWith("item", StringComparison.Ordinal) != true;
    }

    private static ResponseRequest NewRequest(Prompt prompt) => new("", prompt);

    private ResponseRequest? Match(ResponseInfo response)
    {
        if (response.ClientEventId is { } id)
        {
            _echoes = true;
            return _pending?.Id == id ? _pending : null;
        }
        if (_echoes || _pending is not { State: ResponseState.Requested } next)
            return null;
        next.IsGuess = true;
        return next;
    }

    private void Unmatch(ResponseRequest request)
    {
        _requestTimer?.Dispose();
        _pending = null;
        request.IsGuess = false;
        foreach (var response in _active.Values.Where(response => response.Request == request))
            response.Request = null;
    }

    /// <summary>What becomes of what was wanted, now that its response is over.</summary>
    private void End(ActiveResponse? response, ResponseInfo done)
    {
        var request = response?.Request;
        if (request is not null)
        {
            _pending = null;
            request.State = ResponseState.Done;
        }
        if (response is null)
            return;
        foreach (var item in done.Output)
        {
            response.HasCall |= item.Type == "function_call";
            foreach (var part in item.Content)
            {
                response.HasSound |= part.Type?.Contains("audio", StringComparison.Ordinal) == true || !string.IsNullOrEmpty(part.Transcript);
                if (response.Text.Length == 0 && item.Type == "message")
                    response.Text = part.Text ?? "";
            }
        }

        var wanted = request ?? NewRequest(Prompt.Answer);
        switch (done.Status)
        {
            case "cancelled" when request is { IsAnswer: true } && !response.HasSound && !response.HasCall && done.Reason != "client_cancelled":
                // The caller spoke before anything of it was said; what they get for an answer may be both.
                WantAgain(request);
                break;
            case "cancelled":
                break;
            case "incomplete" when done.Reason == "content_filter":
                host.OnResponseFailed("incomplete", done.Reason);
                if (!response.HasSound && wanted.Prompt.Instructions != Prompts.Withheld)
                    _wanted.AddFirst(NewRequest(Prompt.Instruct(Prompts.Withheld)));
                else if (!response.HasSound)
                    Fail(wanted, null, done.Reason);
                break;
            case "failed" or "incomplete" when response.HasSound || response.HasCall:
                host.OnResponseFailed(done.Status, done.Error ?? done.Reason ?? "unknown");
                break;
            case "failed" or "incomplete":
                Fail(wanted, done.Status, done.Error ?? done.Reason ?? "unknown");
                break;
            default:
                if (!response.HasSound && !response.HasCall)
                    EndInSilence(wanted, response.Text);
                break;
        }
    }

    private void EndInSilence(ResponseRequest request, string text)
    {
        if (text.Length > 0 && request.Prompt.Text is null)
            // Models answer in text now and then, after text was loaded into the conversation above all.
            _wanted.AddFirst(NewRequest(Prompt.Say(text)));
        else
            Fail(request, "silent", text.Length > 0 ? "text instead of audio" : "no output");
    }

    /// <summary>Asks again, or gives up. How often is counted over all requests: a service that refuses one thing after the other does not answer.</summary>
    private void Fail(ResponseRequest request, string? status, string why)
    {
        if (status is not null)
            host.OnResponseFailed(status, why);
        if (++_failures < MaxAttempts)
        {
            request.Prompt = request.Prompt.InTheModelsWords();
            WantAgain(request);
            PauseFor(RetryPause * _failures);
            return;
        }
        request.State = ResponseState.Failed;
        _failures = 0;
        RemoveAnswers();
        host.OnGivenUp(why);
        Pump();
    }

    private void WantAgain(ResponseRequest request)
    {
        if (_pending == request)
            _pending = null;
        request.State = ResponseState.Wanted;
        if (!request.IsAnswer || !_wanted.Any(other => other.IsAnswer))
            _wanted.AddFirst(request);
    }

    private void RemoveAnswers()
    {
        foreach (var request in _wanted.Where(request => request.IsAnswer).ToArray())
        {
            request.State = ResponseState.Done;
            _wanted.Remove(request);
        }
    }

    private void Pump()
    {
        if (_active.Count > 0 || _pending is not null || CallerSpeaks || _awaitsAnswer || _pause is not null || _wanted.First is not { } first)
            return;
        _wanted.RemoveFirst();
        host.Send(MakePending(first.Value));
    }

    private ReadOnlyMemory<byte> MakePending(ResponseRequest request)
    {
        _pending = request;
        request.Id = $"request_{++_ids}";
        request.State = ResponseState.Requested;
        request.IsGuess = false;
        _requestTimer?.Dispose();
        _requestTimer = timers.After(times.Request, () =>
        {
            if (_pending != request || request.State != ResponseState.Requested)
                return;
            _pending = null;
            Fail(request, "lost", "no response");
        });
        return ClientEvents.ResponseCreate(request.Prompt, request.Id, _metadata);
    }

    private void OnCallerStopped()
    {
        CallerSpeaks = false;
        _speechTimer?.Dispose();
    }

    private void AwaitAnswer()
    {
        EndAnswerWait();
        _awaitsAnswer = serviceAnswers;
        if (_awaitsAnswer)
            _answerTimer = timers.After(AnswerDelay, OnNotAnswered);
        else
            Pump();
    }

    /// <summary>The service has not begun to answer.</summary>
    private void OnNotAnswered()
    {
        var (unanswered, noise) = (_hasTurn && _active.Count == 0, _heardNoise);
        _awaitsAnswer = _heardNoise = false;
        if (unanswered)
        {
            _hasTurn = false;
            Answer();
        }
        if (noise)
            host.OnNoise();
        Pump();
    }

    private void EndAnswerWait()
    {
        _awaitsAnswer = _heardNoise = false;
        if (!CallerSpeaks && _active.Count > 0)
            _hasTurn = false;
        _answerTimer?.Dispose();
    }

    private ActiveResponse? HearOf(string responseId)
    {
        var response = _active.GetValueOrDefault(responseId);
        response?.HeardOf = timers.Now;
        return response;
    }

    private void PauseFor(TimeSpan time)
    {
        EndPause();
        _pause = timers.After(time, () =>
        {
            _pause = null;
            Pump();
        });
    }

    private void EndPause()
    {
        _pause?.Dispose();
        _pause = null;
    }

    /// <summary>Responses that nobody hears of are over.</summary>
    private void Watch() => _watchTimer ??= timers.After(times.Response, () =>
    {
        _watchTimer = null;
        foreach (var response in _active.Values.Where(response => timers.Now - response.HeardOf >= times.Response && host.SinceAudio >= times.Response).ToArray())
        {
            host.OnResponseFailed("lost", "no end");
            OnDone(new ResponseInfo(response.Id, response.HasSound || response.HasCall ? "completed" : "failed", Error: "no end"));
        }
        if (_active.Count > 0)
            Watch();
    });
}
