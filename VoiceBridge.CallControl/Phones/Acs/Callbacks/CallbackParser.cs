using System.Globalization;
using System.Text.Json;

namespace VoiceBridge.CallControl.Phones.Acs.Callbacks;

/// <summary>
/// Reads the CloudEvents that Call Automation posts ("Handle Call Automation events with webhooks"). Types that do not concern us are passed over. Never throws.
/// </summary>
internal static class CallbackParser
{
    private const string Prefix = "Microsoft.Communication.";
    private const int MaxDetailLength = 300;

    public static EventBatch<CallNotice> Parse(string callId, ReadOnlyMemory<byte> body, DateTimeOffset now) => EventBody.Read<CallNotice>(body, element =>
    {
        if (element.ValueKind is not JsonValueKind.Object || element.Text("type") is not { Length: > 0 } type) return (null, "no type");
        if (Kind(type) is not { } kind) return (null, null);
        return element.Child("data") is { } data ? (Read(kind, callId, element, data, now), null) : (null, "no data");
    });

    private static CallNotice Read(CallNoticeKind kind, string callId, JsonElement element, JsonElement data, DateTimeOffset now)
    {
        // An event without an id or a time is not worth losing a call's end for.
        var at = DateTimeOffset.TryParse(element.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : now;
        return new CallNotice(
            kind, element.Text("id") ?? Guid.NewGuid().ToString("N"), callId, at, data.Text("callConnectionId"), data.Text("serverCallId"),
            data.Text("correlationId"), Detail(data), data.Text("operationContext"));
    }

    private static CallNoticeKind? Kind(string type) =>
        !type.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? null : type[Prefix.Length..].ToUpperInvariant() switch
        {
            "CALLCONNECTED" => CallNoticeKind.Connected,
            "CALLDISCONNECTED" => CallNoticeKind.Disconnected,
            "ANSWERFAILED" => CallNoticeKind.AnswerFailed,
            "MEDIASTREAMINGSTARTED" => CallNoticeKind.MediaStarted,
            "MEDIASTREAMINGSTOPPED" => CallNoticeKind.MediaStopped,
            "MEDIASTREAMINGFAILED" => CallNoticeKind.MediaFailed,
            "CALLTRANSFERACCEPTED" => CallNoticeKind.TransferAccepted,
            "CALLTRANSFERFAILED" => CallNoticeKind.TransferFailed,
            _ => null,
        };

    /// <summary>Codes, message, and the state of the media stream; payloads of 2022 called the first resultInfo.</summary>
    private static string Detail(JsonElement data)
    {
        var parts = new List<string>();
        if ((data.Child("resultInformation") ?? data.Child("resultInfo")) is { } result)
        {
            var (code, subCode) = (Number(result, "code"), Number(result, "subCode"));
            if (code is not null || subCode is not null) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{code ?? 0}/{subCode ?? 0}"));
            if (result.Text("message") is { Length: > 0 } message) parts.Add(message);
        }

        if (data.Child("mediaStreamingUpdate") is { } update && update.Text("mediaStreamingStatusDetails") is { Length: > 0 } details) parts.Add(details);
        var text = PhoneNumber.Masked(string.Join(' ', parts));
        return text.Length <= MaxDetailLength ? text : text[..MaxDetailLength];
    }

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
