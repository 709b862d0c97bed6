using Microsoft.Extensions.Options;
using VoiceBridge.ServiceDefaults.Access.Twilio;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// Twilio as a phone network. A ringing call is answered by the reply to the request that asks what to do with it: here that is only decided. What is done to a call later
/// is asked of the REST API.
/// </summary>
internal sealed class TwilioPhone(TwilioDecisions decisions, TwilioApi api, TwimlDocuments documents, IOptions<TwilioOptions> options)
    : IPhoneNetwork, IPhoneService
{
    public string Name => TwilioCalls.Network;

    public bool IsConfigured => options.Value.IsConfigured;

    public IPhoneService Service => this;

    public bool Reconnects => false;

    public bool Owns(string callConnectionId) => TwilioForm.IsCallSid(callConnectionId);

    public string CallbackUri(string callId) => documents.Address("/twilio/stream").AbsoluteUri;

    // Without a query, which Twilio does not allow.
    public string TransportUrl(string callId, string ticket) => (options.Value.MediaUrl?.AbsoluteUri.TrimEnd('/')
        ?? throw new InvalidOperationException("Twilio:MediaUrl (or Media:PublicUrl) is not set: calls cannot be answered without it.")) + $"/twilio/media/{callId}";

    public Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        decisions.Take(request.CallId, new TwilioDecision.Connect(request));
        return Task.FromResult(new PhoneResult<AnsweredCall>(PhoneResult.Success, new AnsweredCall(request.Call.CorrelationId, null)));
    }

    public Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken)
    {
        decisions.Take(call.CallId, new TwilioDecision.Busy());
        return Task.FromResult(PhoneResult.Success);
    }

    public Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken)
    {
        decisions.Take(call.CallId, new TwilioDecision.SendTo(target, call.To));
        return Task.FromResult(PhoneResult.Success);
    }

    public Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken) => api.HangUpAsync(callConnectionId, cancellationToken);

    public Task<PhoneResult> TransferAsync(
        string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken) => PhoneNumber.IsE164(target)
        ? api.DoAsync(callConnectionId, documents.Transfer(callConnectionId, target), cancellationToken)
        : Task.FromResult(new PhoneResult(PhoneOutcome.Refused, StatusCodes.Status400BadRequest, Message: "target: Twilio transfers to phone numbers only (+14255550100)."));

    public Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken) => api.FetchAsync(callConnectionId, cancellationToken);

    /// <summary>The call is made to ask what to do, and is told to open a media socket.</summary>
    public Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        api.AskAsync(callConnectionId, documents.Address("/twilio/next?now=1"), cancellationToken);

    /// <summary>There is no such operation: starting ends the stream that there is.</summary>
    public Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        Task.FromResult(new PhoneResult(PhoneOutcome.Refused, Message: "Twilio stops no stream."));
}
