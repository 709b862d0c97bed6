using Microsoft.Extensions.Options;
using Twilio.TwiML;
using Twilio.TwiML.Voice;
using VoiceBridge.ServiceDefaults.Access.Twilio;
using HttpMethod = Twilio.Http.HttpMethod;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>What Twilio is told to do with a call. What follows <c>&lt;Connect&gt;</c> runs when the gateway closes the socket, or when it breaks.</summary>
internal sealed class TwimlDocuments(IOptions<TwilioOptions> options, TimeProvider time)
{
    /// <summary>The parameter of the media socket's first message.</summary>
    public const string TicketParameter = "ticket";

    /// <summary>The caller and the agent. <paramref name="after"/>: a pause before it, where the last socket did not last.</summary>
    public string Connect(AnswerRequest request, int after = 0)
    {
        var stream = new global::Twilio.TwiML.Voice.Stream(url: request.TransportUrl, statusCallback: request.CallbackUri);
        stream.Parameter(TicketParameter, request.Ticket);
        var connect = new Connect();
        connect.Append(stream);
        var response = new VoiceResponse();
        if (after > 0) response.Pause(after);
        response.Append(connect);
        response.Redirect(Address($"/twilio/next?at={TwilioCalls.Text(time.GetUtcNow())}"), HttpMethod.Post);
        return Text(response);
    }

    /// <summary>Nothing is decided yet: the caller hears it ring on, and we are asked again. A leading pause does not pick up.</summary>
    public string RingOn(DateTimeOffset rangAt) =>
        Text(new VoiceResponse().Pause(1).Redirect(Address($"/twilio/voice?at={TwilioCalls.Text(rangAt)}"), HttpMethod.Post));

    /// <summary>The busy tone, for which nobody pays.</summary>
    public static string Busy() => Text(new VoiceResponse().Reject(Reject.ReasonEnum.Busy));

    public static string HangUp(int after = 0) => Text((after > 0 ? new VoiceResponse().Pause(after) : new VoiceResponse()).Hangup());

    /// <summary>A ringing call goes on to another number, shown as from the one that was dialled, which is ours. It is picked up when that one is.</summary>
    public static string SendTo(string number, string dialled)
    {
        var dial = new Dial(callerId: PhoneNumber.IsE164(dialled) ? dialled : null, answerOnBridge: true);
        dial.Number(number);
        return Text(new VoiceResponse().Append(dial));
    }

    /// <summary>A call that is going on is dialled on to another number; what comes of it is told to <c>/twilio/status</c> and asked for by <c>/twilio/next</c>.</summary>
    public string Transfer(string callSid, string number)
    {
        var dial = new Dial(action: Address($"/twilio/next?at={TwilioCalls.Text(time.GetUtcNow())}"), method: HttpMethod.Post);
        dial.Number(
            number, statusCallback: Address($"/twilio/status?of={callSid}"), statusCallbackMethod: HttpMethod.Post, statusCallbackEvent: [Number.EventEnum.Answered]);
        return Text(new VoiceResponse().Append(dial));
    }

    /// <summary>Below our own public address.</summary>
    public Uri Address(string path) => new((options.Value.PublicUrl?.AbsoluteUri.TrimEnd('/')
        ?? throw new InvalidOperationException("Twilio:PublicUrl (or CallControl:PublicUrl) is not set: calls cannot be answered without it.")) + path);

    private static string Text(global::Twilio.TwiML.TwiML twiml) => twiml.ToString(System.Xml.Linq.SaveOptions.DisableFormatting);
}
