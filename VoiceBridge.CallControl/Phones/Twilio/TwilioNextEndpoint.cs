using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// <c>POST /twilio/next</c>: the media socket of a call is over, or what it was dialled on to, and Twilio asks what comes next: another socket (a gateway that drains has
/// closed its own, or one has broken), or the end.
/// </summary>
internal sealed partial class TwilioNextEndpoint(
    TwilioRequests requests, TwilioCalls twilioCalls, TwimlDocuments documents, AnswerRequests answers, CallLifecycle lifecycle, TimeProvider time,
    ILogger<TwilioNextEndpoint> logger)
{
    /// <summary>A socket that lasted less was probably refused: the next one comes after a pause, so that a cluster without room is not asked without end.</summary>
    private const int ShortSeconds = 3;

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var (form, refusal) = await requests.AcceptAsync(context);
        if (form is null) return refusal;
        var (call, record) = await twilioCalls.FindAsync(form, null, context.RequestAborted);
        var dialled = form.Text("DialCallStatus");
        if (TwilioApi.IsOver(form.CallStatus) || record is { State: CallState.Ended or CallState.Rejected } or { HangUpReason: not null })
        {
            Log.Next(logger, call.CallId, "the end");
            return TwilioVoiceEndpoint.Twiml(TwimlDocuments.HangUp());
        }

        if (dialled.Length > 0)
        {
            var accepted = dialled is "completed" or "answered";
            lifecycle.Handle([Notice(accepted ? CallNoticeKind.TransferredAway : CallNoticeKind.TransferFailed, call.CallId, form, dialled)]);
            if (accepted) return TwilioVoiceEndpoint.Twiml(TwimlDocuments.HangUp());
            // Who is to be sent away and was not accepted is hung up by whoever recovers the call, with the reason in the books.
            if (record?.Transfer is { ToOverflow: true }) return TwilioVoiceEndpoint.Twiml(TwimlDocuments.HangUp(after: ShortSeconds));
        }

        // What recovery asks for has no time, and is not made to wait.
        var lasted = dialled.Length == 0 && long.TryParse(context.Request.Query["at"], out var since) ? time.GetUtcNow().ToUnixTimeSeconds() - since : ShortSeconds;
        Log.Next(logger, call.CallId, "a media socket");
        // A ticket opens one socket.
        return TwilioVoiceEndpoint.Twiml(documents.Connect(answers.Of(call with { RangAt = time.GetUtcNow() }), after: lasted < ShortSeconds ? 1 : 0));
    }

    private CallNotice Notice(CallNoticeKind kind, string callId, TwilioForm form, string detail) =>
        new(kind, $"{form.Text("DialCallSid")}/{kind}", callId, time.GetUtcNow(), form.CallSid, null, form.CallSid, detail, null) { Network = TwilioCalls.Network };

    private static partial class Log
    {
        [LoggerMessage(1603, LogLevel.Information, "Twilio asks what comes next for call {CallId}: {Next}")]
        public static partial void Next(ILogger logger, string callId, string next);
    }
}
