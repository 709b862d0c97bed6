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
internal sealed partial class ResponseScheduler
{
    private const int MaxAttempts = 3;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    private readonly ICallTimers _timers;
    private readonly bool _serviceAnswers;
    private readonly ResponseTimes _times;
    private readonly IResponseHost _host;
    private readonly CallerTurn _turn;
    private readonly List<ResponseRequest> _wanted = [];
    private readonly Dictionary<string, ActiveResponse> _active = [];
    private IDisposable? _requestTimer;
    private IDisposable? _watchTimer;
    private IDisposable? _pause;
    private ResponseRequest? _pending;
    private bool _metadata = true;
    private bool _echoes;
    private bool _stopped;
    private int _failures;
    private int _unseenItems;
    private int _ids;

    public ResponseScheduler(ICallTimers timers, bool serviceAnswers, ResponseTimes times, IResponseHost host)
    {
        (_timers, _serviceAnswers, _times, _host) = (timers, serviceAnswers, times, host);
        _turn = new CallerTurn(timers, serviceAnswers, OnWaited);
    }

    /// <summary>A response is being made, asked for, or wanted.</summary>
    public bool IsBusy => !_stopped && (_active.Count > 0 || _pending is not null || _wanted.Count > 0 || _pause is not null || _turn.AwaitsAnswer);

    public bool IsResponding => _active.Count > 0 || _pending is not null;

    public bool CallerSpeaks => _turn.Speaks;

    /// <summary>The model should answer to what is new in the conversation. Wishes are coalesced.</summary>
    public void Answer()
    {
        if (!_wanted.Any(request => request.IsAnswer))
            _wanted.Add(NewRequest(Prompt.Answer));
        Pump();
    }

    /// <summary>A text to be spoken, a question to a silent caller.</summary>
    public void Say(Prompt prompt)
    {
        _wanted.Add(NewRequest(prompt));
        Pump();
    }

    /// <summary>The caller speaks: what was to be said has been overtaken.</summary>
    public void ForgetPrompts() => _wanted.RemoveAll(request => !request.IsAnswer);

    /// <summary>The response that a session is opened with, to be sent by the caller of this.</summary>
    public ReadOnlyMemory<byte> Open(Prompt prompt) => MakePending(NewRequest(prompt));

    /// <summary>An item was sent; until the service has seen it, a response that begins does not know of it.</summary>
    public void ItemSent() => _unseenItems++;

    public void ItemSeen() => _unseenItems = Math.Max(0, _unseenItems - 1);

    /// <summary>The caller interrupted without speaking: the service goes on unless it is told.</summary>
    public void CancelActive()
    {
        foreach (var response in _active.Values)
            _host.Send(ClientEvents.ResponseCancel(response.Id));
    }

    public void OnCreated(ResponseInfo response)
    {
        var active = new ActiveResponse(response.Id, _timers.Now) { Request = Match(response), KnowsAll = _unseenItems == 0 };
        _active[response.Id] = active;
        Watch();
        EndPause();
        if (active.Request is null && response.ClientEventId is not null && CallerSpeaks)
        {
            // It was asked for before, and is no answer to a caller who still speaks.
            Silence(response.Id);
            return;
        }
        if (active.Request is not { } request)
        {
            active.Candidate = _pending;
            _turn.OnResponse();
            // The service answers by itself, and to everything that there is.
            if (active.KnowsAll)
                RemoveAnswers();
            return;
        }

        _requestTimer?.Dispose();
        request.IsRequested = false;
        if (!CallerSpeaks)
        {
            _turn.OnResponse();
            return;
        }
        // It was on its way when the caller began to speak, and the service does not cancel what it makes later.
        active.Request = null;
        Silence(response.Id);
        WantAgain(request);
    }

    /// <summary>Audio of a response, or the words to it.</summary>
    public void OnSound(string responseId)
    {
        if (HearOf(responseId) is not { } response)
            return;
        response.HasSound = true;
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
        if (!IsResponding)
            _turn.OnIdle();
        Pump();
    }

    /// <summary>An error of the service; true when it was about a request of ours.</summary>
    public bool OnError(ErrorInfo error)
    {
        if (_pending is not { } request || !request.IsMeantBy(error))
            return false;
        Unmatch(request);
        if (error.SaysAnotherIsActive)
        {
            // The service was faster; ours comes after its response, of which we may not have heard.
            if (!request.IsAnswer || !_active.Values.Any(response => response.KnowsAll))
                WantAgain(request);
            if (_active.Count == 0)
                PauseFor(_times.Request);
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

    public void OnSpeechStarted() => _turn.OnSpeechStarted();

    public void OnSpeechStopped() => _turn.OnSpeechStopped();

    /// <summary>What the caller said is a turn of the conversation now.</summary>
    public void OnCommitted()
    {
        if (!_serviceAnswers)
            Answer();
        _turn.OnCommitted(isResponding: _active.Count > 0);
    }

    /// <summary>What the caller said, as text; empty for a noise.</summary>
    public void OnTranscript(string text) => _turn.OnTranscript(text);

    /// <summary>The session is gone, and its responses with it.</summary>
    public void Reset()
    {
        _active.Clear();
        _wanted.Clear();
        _pending = null;
        _echoes = false;
        _unseenItems = _failures = 0;
        _requestTimer?.Dispose();
        EndPause();
        _turn.Reset();
    }

    /// <summary>Nothing is asked for any more.</summary>
    public void Stop()
    {
        Reset();
        _stopped = true;
    }

    private static ResponseRequest NewRequest(Prompt prompt) => new("", prompt);

    private ResponseRequest? Match(ResponseInfo response)
    {
        if (response.ClientEventId is { } id)
        {
            _echoes = true;
            return _pending?.Id == id ? _pending : null;
        }
        if (_echoes || _pending is not { IsRequested: true } next)
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

    private void Pump()
    {
        if (_stopped || _active.Count > 0 || _pending is not null || _turn.Speaks || _turn.AwaitsAnswer || _pause is not null || _wanted is not [var first, ..])
            return;
        _wanted.RemoveAt(0);
        _host.Send(MakePending(first));
    }

    private ReadOnlyMemory<byte> MakePending(ResponseRequest request)
    {
        _pending = request;
        request.Id = $"request_{++_ids}";
        request.IsRequested = true;
        request.IsGuess = false;
        _requestTimer?.Dispose();
        _requestTimer = _timers.After(_times.Request, () =>
        {
            // A response that may be the request's is being made: its end is the request's.
            if (_pending != request || !request.IsRequested || _active.Values.Any(response => response.Candidate == request))
                return;
            _pending = null;
            Fail(request, "lost", "no response");
        });
        return ClientEvents.ResponseCreate(request.Prompt, request.Id, _metadata);
    }

    /// <summary>The service has had its time to answer the caller.</summary>
    private void OnWaited(bool unanswered, bool noise)
    {
        if (unanswered && _active.Count == 0)
        {
            _turn.OnAsked();
            Answer();
        }
        if (noise)
            _host.OnNoise();
        Pump();
    }

    private ActiveResponse? HearOf(string responseId)
    {
        var response = _active.GetValueOrDefault(responseId);
        response?.HeardOf = _timers.Now;
        return response;
    }

    private void PauseFor(TimeSpan time)
    {
        EndPause();
        _pause = _timers.After(time, () =>
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
}
