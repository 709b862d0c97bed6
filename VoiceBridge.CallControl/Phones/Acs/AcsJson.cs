using System.Text.Json.Serialization;

namespace VoiceBridge.CallControl.Phones.Acs;

// The bodies of the Call Automation REST API, api-version 2026-03-12 (CallAutomation swagger, data-plane). Properties are written in
// the order in which they stand here: an answer must be the same bytes from every replica.

internal sealed record AnswerBody(
    string IncomingCallContext, string CallbackUri, string OperationContext, MediaStreamingBody MediaStreamingOptions);

internal sealed record MediaStreamingBody(string TransportUrl)
{
    public string TransportType { get; init; } = "websocket";
    public string ContentType { get; init; } = "audio";
    public string AudioChannelType { get; init; } = "mixed";
    public bool StartMediaStreaming { get; init; } = true;
    public bool EnableBidirectional { get; init; } = true;
    public string AudioFormat { get; init; } = "pcm24KMono";
    public bool EnableDtmfTones { get; init; } = true;
}

internal sealed record RejectBody(string IncomingCallContext, string CallRejectReason);

internal sealed record RedirectBody(string IncomingCallContext, IdentifierBody Target);

internal sealed record TransferBody(IdentifierBody TargetParticipant, string OperationContext);

internal sealed record MediaStreamingCommandBody(string? OperationContext = null);

internal sealed record PhoneNumberBody(string Value);

internal sealed record CommunicationUserBody(string Id);

internal sealed record MicrosoftTeamsUserBody(string UserId);

internal sealed record MicrosoftTeamsAppBody(string AppId);

internal sealed record IdentifierBody(string Kind, string RawId)
{
    private const string TeamsUser = "8:orgid:";
    private const string TeamsApp = "28:orgid:";

    public PhoneNumberBody? PhoneNumber { get; init; }
    public CommunicationUserBody? CommunicationUser { get; init; }
    public MicrosoftTeamsUserBody? MicrosoftTeamsUser { get; init; }
    public MicrosoftTeamsAppBody? MicrosoftTeamsApp { get; init; }

    /// <summary>A phone number in E.164, or a raw id, whose kind is in its prefix ("Understand identifier types" of Azure Communication Services).</summary>
    public static IdentifierBody Of(string target) => target switch
    {
        _ when target.StartsWith(TeamsUser, StringComparison.Ordinal) =>
            new("microsoftTeamsUser", target) { MicrosoftTeamsUser = new MicrosoftTeamsUserBody(target[TeamsUser.Length..]) },
        _ when target.StartsWith(TeamsApp, StringComparison.Ordinal) =>
            new("microsoftTeamsApp", target) { MicrosoftTeamsApp = new MicrosoftTeamsAppBody(target[TeamsApp.Length..]) },
        _ when target.StartsWith("8:", StringComparison.Ordinal) => new("communicationUser", target) { CommunicationUser = new CommunicationUserBody(target) },
        _ => new("phoneNumber", "4:" + target) { PhoneNumber = new PhoneNumberBody(target) },
    };
}

internal sealed record CallConnectionBody(string? CallConnectionId, string? ServerCallId, string? CallConnectionState);

internal sealed record ErrorBody(ErrorDetailBody? Error);

internal sealed record ErrorDetailBody(string? Code, string? Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AnswerBody))]
[JsonSerializable(typeof(RejectBody))]
[JsonSerializable(typeof(RedirectBody))]
[JsonSerializable(typeof(TransferBody))]
[JsonSerializable(typeof(MediaStreamingCommandBody))]
[JsonSerializable(typeof(CallConnectionBody))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class AcsJson : JsonSerializerContext;
