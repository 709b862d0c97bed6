namespace VoiceBridge.CallControl.Calls.Phone;

/// <summary>
/// What can be done to a phone call. Failures are values (<see cref="PhoneResult"/>); only cancellation throws.
/// Two implementations: the REST API directly, and Microsoft's SDK where the package feed has it.
/// </summary>
internal interface IPhoneService
{
    /// <summary>Answers a ringing call with bidirectional media streaming; retried until it stops ringing, always as the same request.</summary>
    Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken);

    /// <summary>Lets the caller hear the busy tone.</summary>
    Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken);

    /// <summary>Sends a ringing call on to another number (E.164) without answering it.</summary>
    Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken);

    /// <summary>Ends the call for everyone in it.</summary>
    Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken);

    /// <summary>Transfers the caller to a phone number (E.164) or an ACS user (raw id); with the same <paramref name="repeatability"/> it is done once, however often it is asked for.</summary>
    Task<PhoneResult> TransferAsync(
        string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken);

    /// <summary>Asks for the call; <see cref="PhoneOutcome.Gone"/> when it has ended.</summary>
    Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken);

    /// <summary>Asks for the media socket to be opened (again). That it opens is heard from the gateway.</summary>
    Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken);

    /// <summary>Asks for the media socket to be closed, before it is asked for again. <see cref="PhoneOutcome.Refused"/> where none is open, or where there is no such operation.</summary>
    Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken);
}

/// <summary>A call that still rings: the token that answers it, the identity of the request, and until when trying makes sense.</summary>
internal sealed record RingingCall(string IncomingCallContext, Repeatability Repeatability, DateTimeOffset RingsUntil);

/// <summary>Everything an answer depends on. Two replicas that build it for one call build the same.</summary>
internal sealed record AnswerRequest(RingingCall Call, string CallId, string CallbackUri, string TransportUrl);

/// <summary>What the service says of an answered call; every field may be missing and comes again with the callbacks.</summary>
internal sealed record AnsweredCall(string? CallConnectionId, string? ServerCallId);

/// <summary>The state of a call as the service has it.</summary>
internal sealed record CallStatus(string State)
{
    /// <summary>The call is over, or about to be.</summary>
    public bool Ended => State.Equals("disconnected", StringComparison.OrdinalIgnoreCase) || State.Equals("disconnecting", StringComparison.OrdinalIgnoreCase);
}
