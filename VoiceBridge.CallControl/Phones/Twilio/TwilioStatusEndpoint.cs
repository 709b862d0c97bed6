using System.Globalization;
using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary><c>POST /twilio/status</c> and <c>/twilio/stream</c>: what happens to calls and to their media streams. Told at least once, in any order.</summary>
internal sealed class TwilioStatusEndpoint(TwilioRequests requests, TwilioCalls twilioCalls, CallLifecycle lifecycle, TimeProvider time)
{
    private const int MaxDetailLength = 200;

    /// <summary>"Stream - WebSocket - Handshake Error" (twilio.com/docs/api/errors/31920).</summary>
    private const string HandshakeError = "31920";

    /// <summary>A call has ended, or whom it was transferred to has answered.</summary>
    public async Task<IResult> StatusAsync(HttpContext context)
    {
        var (form, refusal) = await requests.AcceptAsync(context);
        if (form is null) return refusal;
        // About the other leg of a transfer; our own call stands in the address that we gave.
        var other = context.Request.Query["of"].ToString();
        if (other.Length > 0)
        {
            if (TwilioForm.IsCallSid(other) && form.CallStatus == "in-progress")
                await HandleAsync(CallNoticeKind.TransferredAway, form, other, $"{form.CallSid}/answered", form.CallStatus, context.RequestAborted);
        }
        else if (TwilioApi.IsOver(form.CallStatus))
        {
            var kind = form.CallStatus == "completed" ? CallNoticeKind.Disconnected : CallNoticeKind.GaveUp;
            await HandleAsync(kind, form, form.CallSid, $"{form.CallSid}/{form.CallStatus}", form.CallStatus, context.RequestAborted);
        }

        return Results.Ok();
    }

    /// <summary>A media stream has begun or ended.</summary>
    public async Task<IResult> StreamAsync(HttpContext context)
    {
        var (form, refusal) = await requests.AcceptAsync(context);
        if (form is null) return refusal;
        var happened = form.Text("StreamEvent");
        CallNoticeKind[] kinds = happened switch
        {
            "stream-started" => [CallNoticeKind.Connected, CallNoticeKind.MediaStarted],
            "stream-stopped" => [CallNoticeKind.MediaEnded],
            // Never opened: often every call's trouble, which operators are told. Otherwise one that was open has broken.
            "stream-error" => [form.Text("StreamError").Contains(HandshakeError, StringComparison.Ordinal) ? CallNoticeKind.MediaFailed : CallNoticeKind.MediaStopped],
            _ => [],
        };
        foreach (var kind in kinds)
            await HandleAsync(kind, form, form.CallSid, $"{form.Text("StreamSid")}/{happened}/{kind}", form.Text("StreamError"), context.RequestAborted);
        return Results.Ok();
    }

    private async Task HandleAsync(CallNoticeKind kind, TwilioForm form, string callSid, string id, string detail, CancellationToken cancellationToken)
    {
        var callId = await twilioCalls.IdOfAsync(callSid, cancellationToken);
        var at = DateTimeOffset.TryParse(form.Text("Timestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var told) ? told : time.GetUtcNow();
        lifecycle.Handle(
        [
            new CallNotice(kind, id, callId, at, callSid, null, callSid, Refusals.Printable(detail[..Math.Min(detail.Length, MaxDetailLength)]), null) { Network = TwilioCalls.Network },
        ]);
    }
}
