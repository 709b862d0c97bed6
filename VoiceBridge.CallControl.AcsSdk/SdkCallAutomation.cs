using Azure;
using Azure.Communication;
using Azure.Communication.CallAutomation;
using Azure.Core;
using Azure.Identity;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>
/// The same operations through Azure.Communication.CallAutomation. The SDK makes a new repeatability pair in each call of a method;
/// <see cref="RequestScopePolicy"/> puts ours in its place, so that an answer stays one request whoever repeats it.
/// </summary>
internal sealed class SdkCallAutomation(CallAutomationClient client, TimeProvider time) : IPhoneService
{
    private static readonly TimeSpan OperationTimeout = TimeSpan.FromSeconds(8);

    /// <summary>With an access key (<paramref name="options"/> has a connection string) or <paramref name="credential"/> (an endpoint).</summary>
    public static SdkCallAutomation Create(AcsOptions options, TokenCredential credential, TimeProvider time)
    {
        var clientOptions = new CallAutomationClientOptions { RetryPolicy = new DeadlineRetryPolicy(time) };
        clientOptions.Retry.NetworkTimeout = TimeSpan.FromSeconds(6);
        clientOptions.Diagnostics.IsLoggingEnabled = false; // Bodies and addresses hold tickets.
        clientOptions.AddPolicy(new RequestScopePolicy(), HttpPipelinePosition.PerCall);
        if (!string.IsNullOrWhiteSpace(options.ConnectionString))
            return new SdkCallAutomation(new CallAutomationClient(options.ConnectionString, clientOptions), time);
        var endpoint = options.Endpoint ?? throw new InvalidOperationException("Acs:ConnectionString or Acs:Endpoint must be set.");
        return new SdkCallAutomation(new CallAutomationClient(endpoint, credential, clientOptions), time);
    }

    public async Task<PhoneResult<AnsweredCall>> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        var options = new AnswerCallOptions(request.Call.IncomingCallContext, new Uri(request.CallbackUri))
        {
            OperationContext = request.CallId,
            MediaStreamingOptions = new MediaStreamingOptions(MediaStreamingAudioChannel.Mixed, StreamingTransport.Websocket)
            {
                TransportUri = new Uri(request.TransportUrl),
                MediaStreamingContent = MediaStreamingContent.Audio,
                StartMediaStreaming = true,
                EnableBidirectional = true,
                AudioFormat = AudioFormat.Pcm24KMono,
                EnableDtmfTones = true,
            },
        };
        AnsweredCall? answered = null;
        var result = await RunAsync(Ringing(request.Call), async ct =>
        {
            var reply = await client.AnswerCallAsync(options, ct);
            var properties = reply.Value.CallConnectionProperties;
            answered = new AnsweredCall(properties?.CallConnectionId, properties?.ServerCallId);
            return reply.GetRawResponse().Status;
        }, cancellationToken);
        return new PhoneResult<AnsweredCall>(result, answered);
    }

    public Task<PhoneResult> RejectAsync(RingingCall call, CancellationToken cancellationToken) =>
        RunAsync(Ringing(call), async ct =>
        {
            var options = new RejectCallOptions(call.IncomingCallContext) { CallRejectReason = CallRejectReason.Busy };
            return (await client.RejectCallAsync(options, ct)).Status;
        }, cancellationToken);

    public Task<PhoneResult> RedirectAsync(RingingCall call, string target, CancellationToken cancellationToken) =>
        RunAsync(Ringing(call), async ct =>
        {
            var invite = new CallInvite(new PhoneNumberIdentifier(target), null);
            return (await client.RedirectCallAsync(new RedirectCallOptions(call.IncomingCallContext, invite), ct)).Status;
        }, cancellationToken);

    public Task<PhoneResult> HangUpAsync(string callConnectionId, CancellationToken cancellationToken) =>
        RunAsync(Live(repeatable: true), async ct =>
            (await client.GetCallConnection(callConnectionId).HangUpAsync(forEveryone: true, ct)).Status, cancellationToken);

    public Task<PhoneResult> TransferAsync(
        string callConnectionId, string target, string operationContext, Repeatability repeatability, CancellationToken cancellationToken)
    {
        if (TransferTo(target) is not { } options)
        {
            const string NotOffered = "target: the ACS SDK does not transfer to Teams resource accounts (28:orgid:...); VoiceBridge.CallControl, which uses the REST API, does.";
            return Task.FromResult(new PhoneResult(PhoneOutcome.Refused, Message: NotOffered));
        }

        options.OperationContext = operationContext;
        return RunAsync(Live(repeatable: false) with { Repeatability = repeatability }, async ct =>
        {
            var reply = await client.GetCallConnection(callConnectionId).TransferCallToParticipantAsync(options, ct);
            return reply.GetRawResponse().Status;
        }, cancellationToken);
    }

    public async Task<PhoneResult<CallStatus>> GetAsync(string callConnectionId, CancellationToken cancellationToken)
    {
        CallStatus? status = null;
        var result = await RunAsync(Live(repeatable: false), async ct =>
        {
            var reply = await client.GetCallConnection(callConnectionId).GetCallConnectionPropertiesAsync(ct);
            status = new CallStatus(reply.Value.CallConnectionState.ToString());
            return reply.GetRawResponse().Status;
        }, cancellationToken);
        return new PhoneResult<CallStatus>(result, status);
    }

    public Task<PhoneResult> StartMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        RunAsync(Live(repeatable: false), async ct =>
            (await client.GetCallConnection(callConnectionId).GetCallMedia().StartMediaStreamingAsync(null, ct)).Status, cancellationToken);

    public Task<PhoneResult> StopMediaAsync(string callConnectionId, CancellationToken cancellationToken) =>
        RunAsync(Live(repeatable: false), async ct =>
            (await client.GetCallConnection(callConnectionId).GetCallMedia().StopMediaStreamingAsync(null, ct)).Status, cancellationToken);

    /// <summary>By the kind that the raw id begins with, as <see cref="IdentifierBody.Of"/>; null for those that the SDK has no options for.</summary>
    private static TransferToParticipantOptions? TransferTo(string target)
    {
        const string TeamsUser = "8:orgid:";
        if (target.StartsWith(TeamsUser, StringComparison.Ordinal)) return new TransferToParticipantOptions(new MicrosoftTeamsUserIdentifier(target[TeamsUser.Length..]));
        if (target.StartsWith("8:", StringComparison.Ordinal)) return new TransferToParticipantOptions(new CommunicationUserIdentifier(target));
        return target.StartsWith('+') ? new TransferToParticipantOptions(new PhoneNumberIdentifier(target)) : null;
    }

    private static RequestScope Ringing(RingingCall call) => new(call.Repeatability, call.RingsUntil);

    private RequestScope Live(bool repeatable) =>
        new(repeatable ? Repeatability.New(time) : null, time.GetUtcNow() + OperationTimeout);

    private async Task<PhoneResult> RunAsync(
        RequestScope scope, Func<CancellationToken, Task<int>> operation, CancellationToken cancellationToken)
    {
        var remaining = scope.Deadline - time.GetUtcNow();
        if (remaining <= TimeSpan.Zero) return PhoneResult.NoReply("It is too late to ask.");
        using var deadline = new CancellationTokenSource(remaining, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return PhoneResult.Of(await scope.RunAsync(() => operation(either.Token)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return PhoneResult.NoReply("No reply before the deadline.");
        }
        catch (AuthenticationFailedException exception)
        {
            return new PhoneResult(PhoneOutcome.Denied, 0, "EntraId", exception.Message);
        }
        catch (RequestFailedException exception) when (exception.Status > 0)
        {
            // Further lines of the message repeat the whole reply, headers included.
            return PhoneResult.Of(exception.Status, exception.ErrorCode, exception.Message.Split('\n')[0]);
        }
        catch (Exception exception) when (exception is RequestFailedException or AggregateException or IOException)
        {
            return PhoneResult.NoReply(exception.GetBaseException().Message);
        }
    }
}
