using Microsoft.Extensions.Options;
using VoiceBridge.Cluster.Calls;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// <c>POST /twilio/voice</c>: Twilio asks what to do with a ringing call, and the reply does it. It waits 15 s at most, and asks again where the reply says so. Whichever
/// replica is asked, and however often: the call is taken on once, and what was decided is the answer.
/// </summary>
internal sealed partial class TwilioVoiceEndpoint(
    TwilioRequests requests, TwilioCalls twilioCalls, TwilioDecisions decisions, TwimlDocuments documents, CallIntake intake, CallLeases leases, AnswerRequests answers,
    IOptions<CallOptions> options, TimeProvider time, ILogger<TwilioVoiceEndpoint> logger)
{
    /// <summary>Far enough below Twilio's 15 s that a slow network does not matter.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <summary>How often a call that another replica decides on is looked at.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public async Task<IResult> PostAsync(HttpContext context)
    {
        var (form, refusal) = await requests.AcceptAsync(context);
        if (form is null) return refusal;
        var at = context.Request.Query["at"].ToString();
        var call = twilioCalls.Ringing(form, at);
        if (TwilioApi.IsOver(form.CallStatus)) return Twiml(TwimlDocuments.HangUp());
        if (!await intake.AcceptAsync(call)) return Results.StatusCode(StatusCodes.Status500InternalServerError);
        var decision = await WaitAsync(form, call, at, context.RequestAborted);
        Log.Decided(logger, call.CallId, decision?.GetType().Name ?? "none yet");
        return Twiml(decision switch
        {
            TwilioDecision.Connect connect => documents.Connect(connect.Request),
            TwilioDecision.SendTo to => TwimlDocuments.SendTo(to.Number, to.Dialled),
            TwilioDecision.Busy => TwimlDocuments.Busy(),
            // Nobody decides any more: better busy than a phone that rings out.
            _ when time.GetUtcNow() > call.RingsUntil => TwimlDocuments.Busy(),
            _ => documents.RingOn(call.RangAt),
        });
    }

    public static IResult Twiml(string document) => Results.Text(document, "text/xml", System.Text.Encoding.UTF8);

    private async Task<TwilioDecision?> WaitAsync(TwilioForm form, IncomingCall call, string at, CancellationToken cancellationToken)
    {
        var here = decisions.WhenTaken(call.CallId);
        var until = time.GetUtcNow() + Patience;
        while (!here.IsCompleted && time.GetUtcNow() < until)
        {
            if (!leases.Holds(call.CallId))
            {
                // Redis may be slow, or away: what is decided here is not waited for until it has said so.
                var reading = ReadAsync(form, at, cancellationToken);
                if (await Task.WhenAny((Task)here, reading) == reading && await reading is { } elsewhere) return elsewhere;
            }

            await Task.WhenAny(here, Task.Delay(Look, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return here.IsCompleted ? await here : null;
    }

    /// <summary>What another replica has decided, or this one a while ago.</summary>
    private async Task<TwilioDecision?> ReadAsync(TwilioForm form, string at, CancellationToken cancellationToken)
    {
        var (call, record) = await twilioCalls.FindAsync(form, at, cancellationToken);
        return record switch
        {
            null or { State: CallState.Ringing } => null,
            { State: CallState.Answering or CallState.Connected } => new TwilioDecision.Connect(answers.Of(call)),
            { State: CallState.Rejected, EndReason: EndReason.Overflow } when options.Value.Overflow.Number is { Length: > 0 } number =>
                new TwilioDecision.SendTo(number, call.To),
            _ => new TwilioDecision.Busy(),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1602, LogLevel.Debug, "Twilio is told about call {CallId}: {Decision}")]
        public static partial void Decided(ILogger logger, string callId, string decision);
    }
}
