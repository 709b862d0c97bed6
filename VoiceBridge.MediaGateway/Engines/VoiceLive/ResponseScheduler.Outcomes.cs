using VoiceBridge.MediaGateway.Engines.VoiceLive.Protocol;

namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

/// <summary>What becomes of responses, and of what was wanted.</summary>
internal sealed partial class ResponseScheduler
{
    /// <summary>The caller has said something: what was to be said has been overtaken, and so is what is asked for if nothing comes of it.</summary>
    public void OvertakePrompts()
    {
        ForgetPrompts();
        _pending?.IsOvertaken = !_pending.IsAnswer;
    }

    /// <summary>What becomes of what was wanted, now that its response is over.</summary>
    private void End(ActiveResponse? response, ResponseInfo done)
    {
        // Where a response of ours is not marked as such, no error has come for the request by the time that the response is done.
        var request = response?.Request ?? (_pending is not null && response?.Candidate == _pending ? _pending : null);
        if (request is not null)
            _pending = null;
        if (response is null)
            return;
        response.Take(done.Output);
        // Instead of what the caller's turn has overtaken, its answer is wanted.
        var wanted = request is { IsOvertaken: false } ? request : NewRequest(Prompt.Answer);
        switch (done.Status)
        {
            case "cancelled" when request is { IsAnswer: true } && !response.HasSound && !response.HasCall && done.Reason != "client_cancelled":
                // The caller spoke before anything of it was said; what they get for an answer may be both.
                WantAgain(request);
                break;
            case "cancelled":
                break;
            case "incomplete" when done.Reason == "content_filter":
                _host.OnResponseFailed("incomplete", done.Reason);
                if (!response.HasSound && wanted.Prompt.Instructions != Prompts.Withheld)
                    _wanted.Insert(0, NewRequest(Prompt.Instruct(Prompts.Withheld)));
                else if (!response.HasSound)
                    Fail(wanted, null, done.Reason);
                break;
            case "failed" or "incomplete" when response.HasSound || response.HasCall:
                _host.OnResponseFailed(done.Status, done.Error ?? done.Reason ?? "unknown");
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

    private void Silence(string responseId)
    {
        _host.Mute(responseId);
        _host.Send(ClientEvents.ResponseCancel(responseId));
    }

    private void EndInSilence(ResponseRequest request, string text)
    {
        if (text.Length > 0 && request.Prompt.Text is null)
            // Models answer in text now and then, after text was loaded into the conversation above all.
            _wanted.Insert(0, NewRequest(Prompt.Say(text)));
        else
            Fail(request, "silent", text.Length > 0 ? "text instead of audio" : "no output");
    }

    /// <summary>Asks again, or gives up. How often is counted over all requests: a service that refuses one thing after the other does not answer.</summary>
    private void Fail(ResponseRequest request, string? status, string why)
    {
        if (status is not null)
            _host.OnResponseFailed(status, why);
        if (++_failures < MaxAttempts)
        {
            request.Prompt = request.Prompt.InTheModelsWords();
            WantAgain(request);
            PauseFor(RetryPause * _failures);
            return;
        }
        _failures = 0;
        RemoveAnswers();
        _host.OnGivenUp(why);
        Pump();
    }

    private void WantAgain(ResponseRequest request)
    {
        if (_pending == request)
            _pending = null;
        if (request.IsOvertaken)
            return;
        if (!request.IsAnswer || !_wanted.Any(other => other.IsAnswer))
            _wanted.Insert(0, request);
    }

    private void RemoveAnswers() => _wanted.RemoveAll(request => request.IsAnswer);

    /// <summary>Responses that nobody hears of are over.</summary>
    private void Watch() => _watchTimer ??= _timers.After(_times.Response, () =>
    {
        _watchTimer = null;
        foreach (var response in _active.Values.Where(response => _timers.Now - response.HeardOf >= _times.Response && _host.SinceAudio >= _times.Response).ToArray())
        {
            _host.OnResponseFailed("lost", "no end");
            OnDone(new ResponseInfo(response.Id, response.HasSound || response.HasCall ? "completed" : "failed", Error: "no end"));
        }
        if (_active.Count > 0)
            Watch();
    });
}
