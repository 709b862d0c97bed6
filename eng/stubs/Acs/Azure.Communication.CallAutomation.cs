using System;
using System.Threading;
using System.Threading.Tasks;

namespace Azure.Communication.CallAutomation
{
    public partial class AnswerCallOptions
    {
        public AnswerCallOptions(string incomingCallContext, Uri callbackUri) { throw null; }
        public MediaStreamingOptions MediaStreamingOptions { get { throw null; } set { } }
        public string OperationContext { get { throw null; } set { } }
    }

    public partial class AnswerCallResult
    {
        internal AnswerCallResult() { }
        public CallConnectionProperties CallConnectionProperties { get { throw null; } }
    }

    public readonly partial struct AudioFormat
    {
        public static AudioFormat Pcm24KMono { get { throw null; } }
    }

    public partial class CallAutomationClient
    {
        public CallAutomationClient(string connectionString, CallAutomationClientOptions options) { throw null; }
        public CallAutomationClient(Uri endpoint, Azure.Core.TokenCredential credential, CallAutomationClientOptions options = null) { throw null; }
        public virtual Task<Response<AnswerCallResult>> AnswerCallAsync(AnswerCallOptions options, CancellationToken cancellationToken = default) { throw null; }
        public virtual CallConnection GetCallConnection(string callConnectionId) { throw null; }
        public virtual Task<Response> RedirectCallAsync(RedirectCallOptions options, CancellationToken cancellationToken = default) { throw null; }
        public virtual Task<Response> RejectCallAsync(RejectCallOptions options, CancellationToken cancellationToken = default) { throw null; }
    }

    public partial class CallAutomationClientOptions : Azure.Core.ClientOptions
    {
        public CallAutomationClientOptions(ServiceVersion version = ServiceVersion.V2025_06_15) { throw null; }

        public enum ServiceVersion
        {
            V2025_06_15 = 6,
        }
    }

    public partial class CallConnection
    {
        protected CallConnection() { }
        public virtual Task<Response<CallConnectionProperties>> GetCallConnectionPropertiesAsync(CancellationToken cancellationToken = default) { throw null; }
        public virtual CallMedia GetCallMedia() { throw null; }
        public virtual Task<Response> HangUpAsync(bool forEveryone, CancellationToken cancellationToken = default) { throw null; }
        public virtual Task<Response<TransferCallToParticipantResult>> TransferCallToParticipantAsync(TransferToParticipantOptions options, CancellationToken cancellationToken = default) { throw null; }
    }

    public partial class CallConnectionProperties
    {
        internal CallConnectionProperties() { }
        public string CallConnectionId { get { throw null; } }
        public CallConnectionState CallConnectionState { get { throw null; } }
        public string ServerCallId { get { throw null; } }
    }

    public readonly partial struct CallConnectionState
    {
        public override string ToString() { throw null; }
    }

    public partial class CallInvite
    {
        public CallInvite(PhoneNumberIdentifier targetPhoneNumberIdentity, PhoneNumberIdentifier callerIdNumber) { throw null; }
    }

    public partial class CallMedia
    {
        protected CallMedia() { }
        public virtual Task<Response> StartMediaStreamingAsync(StartMediaStreamingOptions options = null, CancellationToken cancellationToken = default) { throw null; }
        public virtual Task<Response> StopMediaStreamingAsync(StopMediaStreamingOptions options = null, CancellationToken cancellationToken = default) { throw null; }
    }

    public readonly partial struct CallRejectReason
    {
        public static CallRejectReason Busy { get { throw null; } }
    }

    public readonly partial struct MediaStreamingAudioChannel
    {
        public static MediaStreamingAudioChannel Mixed { get { throw null; } }
    }

    public readonly partial struct MediaStreamingContent
    {
        public static MediaStreamingContent Audio { get { throw null; } }
    }

    public partial class MediaStreamingOptions
    {
        public MediaStreamingOptions(MediaStreamingAudioChannel audioChannelType, StreamingTransport streamingTransport = default) { throw null; }
        public AudioFormat? AudioFormat { get { throw null; } set { } }
        public bool? EnableBidirectional { get { throw null; } set { } }
        public bool? EnableDtmfTones { get { throw null; } set { } }
        public MediaStreamingContent MediaStreamingContent { get { throw null; } set { } }
        public bool? StartMediaStreaming { get { throw null; } set { } }
        public Uri TransportUri { get { throw null; } set { } }
    }

    public partial class RedirectCallOptions
    {
        public RedirectCallOptions(string incomingCallContext, CallInvite callInvite) { throw null; }
    }

    public partial class RejectCallOptions
    {
        public RejectCallOptions(string incomingCallContext) { throw null; }
        public CallRejectReason CallRejectReason { get { throw null; } set { } }
    }

    public partial class StartMediaStreamingOptions
    {
    }

    public partial class StopMediaStreamingOptions
    {
    }

    public readonly partial struct StreamingTransport
    {
        public static StreamingTransport Websocket { get { throw null; } }
    }

    public partial class TransferCallToParticipantResult
    {
        internal TransferCallToParticipantResult() { }
    }

    public partial class TransferToParticipantOptions
    {
        public TransferToParticipantOptions(CommunicationUserIdentifier targetIdentity) { throw null; }
        public TransferToParticipantOptions(MicrosoftTeamsUserIdentifier targetIdentity) { throw null; }
        public TransferToParticipantOptions(PhoneNumberIdentifier targetPhoneNumberIdentity) { throw null; }
        public string OperationContext { get { throw null; } set { } }
    }
}
