using System.Globalization;
using System.Net.WebSockets;
using System.Xml.Linq;
using VoiceBridge.Simulator.Acs;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>One call over Twilio: asks what to do with it, and does it, verb by verb, until it is over.</summary>
internal sealed partial class TwilioCall : IAsyncDisposable
{
    private const int MaxRedirects = 100;
    private readonly SimulatedCall _call;
    private readonly CallServices _services;
    private readonly TwilioWebhooks _webhooks;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private TwilioLine? _line;
    private CancellationTokenSource? _interrupt;
    private Func<Task<Twiml?>>? _update;
    private Task _running = Task.CompletedTask;

    internal TwilioCall(SimulatedCall call, CallServices services)
    {
        (_call, _services) = (call, services);
        _webhooks = new TwilioWebhooks(call, services);
    }

    /// <summary>What the REST API says of it.</summary>
    internal string Status => _call.State switch
    {
        SimulatedCallState.Ringing => "ringing",
        SimulatedCallState.Answered => "in-progress",
        SimulatedCallState.Rejected => "busy",
        SimulatedCallState.MissedRinging => "no-answer",
        _ => "completed",
    };

    internal int OutstandingMarks => _line?.Outstanding ?? 0;

    private TwilioBehaviour Behaviour => _services.Options.Twilio;

    internal static string NewSid(string prefix = "CA") => $"{prefix}{Guid.NewGuid():N}";

    internal void Ring() => _running = Task.Run(RunAsync);

    /// <summary>The call's TwiML is replaced, whatever it is doing.</summary>
    internal void Update(Func<Task<Twiml?>> next)
    {
        lock (_gate)
        {
            _update = next;
            _interrupt?.Cancel();
        }
    }

    /// <summary>Update with TwiML that is at an address.</summary>
    internal void UpdateFrom(Uri url) => Update(() => _webhooks.FetchAsync(url, Status, [], _over.Token));

    /// <summary>It rings no more.</summary>
    internal void End(bool answered)
    {
        _over.Cancel();
        if (!answered) _webhooks.Report(Behaviour.StatusCallback, [("CallStatus", Status), ("CallDuration", "0")]);
    }

    /// <summary>It was answered and is over.</summary>
    internal async Task EndAsync()
    {
        await _over.CancelAsync();
        await _running;
        _line?.Conversation.Drop();
        _webhooks.Report(Behaviour.StatusCallback, [("CallStatus", "completed"), ("CallDuration", "1")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        await _webhooks.DisposeAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            var next = await _webhooks.AskAsync(_over.Token);
            if (next is null) _call.StopRinging(SimulatedCallState.MissedRinging, "the webhook failed");
            for (var documents = 0; next is not null && !_over.IsCancellationRequested; documents++)
            {
                if (documents == MaxRedirects) throw new FormatException("Redirected without end.");
                next = await ExecuteAsync(next);
            }
            Over("the TwiML ended");
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // Hung up, or never answered.
        }
        catch (FormatException e)
        {
            Over($"the TwiML is wrong: {e.Message}");
        }
    }

    private void Over(string reason)
    {
        if (!_call.StopRinging(SimulatedCallState.MissedRinging, reason)) _call.Disconnect(reason);
    }

    /// <summary>Does what a document says; returns the one that follows it.</summary>
    private async Task<Twiml?> ExecuteAsync(Twiml twiml)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        lock (_gate)
        {
            _interrupt = interrupt;
            if (_update is not null) interrupt.Cancel();
        }
        try
        {
            return await ExecuteAsync(twiml, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested && !_over.IsCancellationRequested)
        {
            Func<Task<Twiml?>> update;
            lock (_gate) (update, _update, _interrupt) = (_update!, null, null);
            return await update();
        }
        finally
        {
            lock (_gate) _interrupt = null;
        }
    }

    private async Task<Twiml?> ExecuteAsync(Twiml twiml, CancellationToken cancel)
    {
        foreach (var (place, verb) in twiml.Verbs.Index())
        {
            cancel.ThrowIfCancellationRequested();
            switch (verb.Name.LocalName)
            {
                case "Pause":
                    await Task.Delay(TimeSpan.FromSeconds(int.Parse(verb.Attribute("length")?.Value ?? "1", CultureInfo.InvariantCulture)), _services.Time, cancel);
                    break;
                case "Redirect":
                    return await _webhooks.FetchAsync(new Uri(verb.Value), Status, [], cancel);
                case "Reject":
                    // Only where nothing has picked up yet; otherwise it is a hang-up.
                    if (place > 0 || !_call.StopRinging(SimulatedCallState.Rejected, $"rejected: {verb.Attribute("reason")?.Value ?? "rejected"}")) Over("rejected too late");
                    return null;
                case "Hangup":
                    Over("hung up by the service");
                    return null;
                case "Dial":
                    return await DialAsync(verb, cancel);
                case "Connect":
                    await ConnectAsync(verb.Element("Stream") ?? throw new FormatException("Connect without Stream."), cancel);
                    break;
            }
        }
        return null;
    }

    private async Task<Twiml?> DialAsync(XElement dial, CancellationToken cancel)
    {
        var number = (dial.Element("Number")?.Value ?? dial.Value).Trim();
        if (_call.State is SimulatedCallState.Ringing)
        {
            if (_call.StopRinging(SimulatedCallState.Redirected, $"redirected to {number}")) _webhooks.Forward(number);
            return null;
        }
        var target = Behaviour.DialTargets.TryGetValue(number, out var own) ? own : new TransferTarget();
        await Task.Delay(target.Rings, _services.Time, cancel);
        if (!target.Fails)
        {
            if (dial.Element("Number")?.Attribute("statusCallback")?.Value is { } answered)
                _webhooks.Report(new Uri(answered), [("ParentCallSid", _call.CorrelationId), ("CallStatus", "in-progress"), ("To", number)], NewSid());
            _webhooks.Forward(number);
            await Task.Delay(Behaviour.DialLasts, _services.Time, cancel);
        }
        if (dial.Attribute("action")?.Value is not { } action)
        {
            Over($"transferred to {number}");
            return null;
        }
        var next = await _webhooks.FetchAsync(new Uri(action), Status, [("DialCallStatus", target.Fails ? "no-answer" : "completed"), ("DialCallSid", NewSid())], cancel);
        if (!target.Fails && next?.Verbs is [{ Name.LocalName: "Hangup" }]) Over($"transferred to {number}");
        return next;
    }

    private async Task ConnectAsync(XElement element, CancellationToken cancel)
    {
        var url = new Uri(element.Attribute("url")?.Value ?? throw new FormatException("31920: Stream without url."));
        if (url.Query.Length > 0) throw new FormatException("31922: the url of a Stream must have no query.");
        if (url.Scheme != "wss" && !(url.Scheme == "ws" && url.IsLoopback)) throw new FormatException("31920: the url of a Stream must be wss.");
        var callback = element.Attribute("statusCallback") is { } where ? new Uri(where.Value) : null;
        var parameters = element.Elements("Parameter").ToDictionary(p => p.Attribute("name")!.Value, p => p.Attribute("value")!.Value);
        if (_line is null)
        {
            _line = new TwilioLine(_call, _services);
            if (!_call.TryAnswer(_line, _line.Conversation)) throw new OperationCanceledException(_over.Token);
        }
        var streamSid = NewSid("MZ");
        if (await _line.OpenAsync(url, streamSid, parameters, cancel) is not { } leg)
        {
            Report("stream-error", "31920 - Stream - WebSocket - Handshake Error");
            await BreakAsync(cancel);
            return;
        }
        Report("stream-started");
        try
        {
            await leg.Ended.WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            await _line.CloseAsync(byUs: true);
            Report("stream-stopped");
            throw;
        }
        var closed = leg.CloseStatus;
        await _line.CloseAsync(byUs: false);
        if (closed == WebSocketCloseStatus.NormalClosure)
        {
            Report("stream-stopped");
            return;
        }
        Report("stream-error", "31903 - Stream - WebSocket - Connection Broken Pipe");
        Report("stream-stopped");
        await BreakAsync(cancel);

        void Report(string happened, string? error = null) => _webhooks.Report(callback,
        [
            ("StreamSid", streamSid), ("StreamName", streamSid), ("StreamEvent", happened),
            ("Timestamp", _services.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
            .. error is null ? [] : new[] { ("StreamError", error) },
        ]);
    }

    private async Task BreakAsync(CancellationToken cancel)
    {
        switch (Behaviour.AfterBreak)
        {
            case AfterBreak.CallEnds:
                Over("the media stream broke");
                break;
            case AfterBreak.NothingUntilUpdate:
                await Task.Delay(Timeout.InfiniteTimeSpan, _services.Time, cancel);
                break;
        }
    }
}
