using System.Collections.Concurrent;
using VoiceBridge.Simulator.Acs;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>What Twilio posts for one call: questions, whose answer is TwiML, and reports. All of it signed.</summary>
internal sealed partial class TwilioWebhooks : IAsyncDisposable
{
    private readonly SimulatedCall _call;
    private readonly CallServices _services;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<Task, bool> _reports = new();
    private readonly CancellationTokenSource _stop = new();

    internal TwilioWebhooks(SimulatedCall call, CallServices services)
    {
        (_call, _services) = (call, services);
        _log = services.Logs.CreateLogger<TwilioWebhooks>();
    }

    private TwilioBehaviour Behaviour => _services.Options.Twilio;

    /// <summary>What to do with the ringing call; null when nobody says.</summary>
    internal async Task<Twiml?> AskAsync(CancellationToken cancel)
    {
        var url = Behaviour.VoiceUrl ?? throw new InvalidOperationException($"{SimulatorOptions.Section}:Twilio:{nameof(TwilioBehaviour.VoiceUrl)} is not set.");
        var asked = Enumerable.Range(0, Math.Max(Behaviour.Duplicates, 1)).Select(_ => FetchAsync(url, "ringing", [], cancel)).ToArray();
        return await await Task.WhenAny(asked);
    }

    /// <summary>The TwiML at an address; null when it cannot be had there, and at the fallback neither.</summary>
    internal async Task<Twiml?> FetchAsync(Uri url, string status, IEnumerable<(string, string)> more, CancellationToken cancel)
    {
        var form = Form([("CallStatus", status), ("ApiVersion", "2010-04-01"), ("Direction", "inbound"), ("FromCity", "K\u00f6ln"), ("StirVerstat", ""), .. more]);
        var text = await PostAsync(url, form, cancel) ?? await PostAsync(url, form, cancel, again: true);
        if (text is null && Behaviour.FallbackUrl is { } fallback && fallback != url) text = await PostAsync(fallback, form, cancel);
        return text is null ? null : text.Length == 0 ? null : Twiml.Read(text);
    }

    /// <summary>Tells of something, in the background, once or as often as is set, or never.</summary>
    internal void Report(Uri? to, IEnumerable<(string, string)> about, string? callSid = null)
    {
        if (to is null) return;
        var form = Form(about, callSid);
        for (var i = 0; i < Behaviour.CallbackDuplicates; i++)
        {
            if (Behaviour.CallbackLoss > 0 && Random.Shared.NextDouble() < Behaviour.CallbackLoss) continue;
            var report = Task.Run(() => ReportAsync(to, form));
            _reports[report] = true;
            _ = report.ContinueWith(done => _reports.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    /// <summary>The caller goes on to another number, which may be one of ours.</summary>
    internal void Forward(string number) => _services.Forward(_call, number);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_reports.Keys).WaitAsync(TimeSpan.FromSeconds(2));
        }
        catch (TimeoutException)
        {
            // Nobody takes it any more.
        }
        await _stop.CancelAsync();
    }

    private async Task ReportAsync(Uri to, List<KeyValuePair<string, string>> form)
    {
        try
        {
            if (await PostAsync(to, form, _stop.Token) is null) await PostAsync(to, form, _stop.Token, again: true);
        }
        catch (OperationCanceledException)
        {
            // The simulator is being stopped.
        }
    }

    /// <summary>The body of a response with success; null when the connection failed (or <paramref name="again"/>: whatever failed).</summary>
    private async Task<string?> PostAsync(Uri url, List<KeyValuePair<string, string>> form, CancellationToken cancel, bool again = false)
    {
        using var timeout = new CancellationTokenSource(Behaviour.ResponseTimeout, _services.Time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel, timeout.Token);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        foreach (var (name, value) in TwilioSigner.Headers(Behaviour, url.OriginalString.Split('#')[0], form)) request.Headers.Add(name, value);
        try
        {
            using var response = await _services.Http.SendAsync(request, deadline.Token);
            var body = await response.Content.ReadAsStringAsync(deadline.Token);
            if (response.IsSuccessStatusCode && (body.Length == 0 || response.Content.Headers.ContentType?.MediaType is "text/xml" or "application/xml")) return body;
            Log.Refused(_log, url, (int)response.StatusCode);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException || e is OperationCanceledException && !cancel.IsCancellationRequested)
        {
            if (again) Log.Failed(_log, url, e.Message);
            return null;
        }
    }

    private List<KeyValuePair<string, string>> Form(IEnumerable<(string Name, string Value)> more, string? callSid = null)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("AccountSid", Behaviour.AccountSid), new("CallSid", callSid ?? _call.CorrelationId), new("From", _call.Plan.From), new("Caller", _call.Plan.From),
        ];
        var given = more.ToArray();
        if (given.All(pair => pair.Name != "To")) form.AddRange([new("To", _call.Plan.To), new("Called", _call.Plan.To)]);
        form.AddRange(given.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        return form;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Url} answered a webhook with {Status}")]
        internal static partial void Refused(ILogger logger, Uri url, int status);

        [LoggerMessage(2, LogLevel.Warning, "{Url} did not answer a webhook: {Reason}")]
        internal static partial void Failed(ILogger logger, Uri url, string reason);
    }
}
