using System.Globalization;
using System.Text.Json;

namespace VoiceBridge.CallControl.Phones.Acs.Callbacks;

/// <summary>What a callback's body held: notices, and what was wrong with the rest.</summary>
internal sealed record CallbackBatch(IReadOnlyList<CallNotice> Notices, IReadOnlyList<string> Malformed);

/// <summary>
/// Reads the CloudEvents that Call Automation posts ("Handle Call Automation events with webhooks"): an array, often of several, or a
/// single one. Types that do not concern us are passed over, and so are events that cannot be read. Never throws.
/// </summary>
internal static class CallbackParser
{
    private const string Prefix = "Microsoft.Communication.";
    private const int LongestDetail = 300;

    /// <summary>So many events of a body may be unreadable; with them it ends: each is a line in the log.</summary>
    internal const int MaxMalformedEvents = 50;

    public static CallbackBatch Parse(string callId, ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        var notices = new List<CallNotice>();
        var malformed = new List<string>();
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is JsonValueKind.Array)
            {
                var index = 0;
                foreach (var element in json.RootElement.EnumerateArray())
                {
                    if (malformed.Count == MaxMalformedEvents) break;
                    Add(element, index++);
                }
            }
            else
            {
                Add(json.RootElement, 0);
            }
        }
        catch (JsonException exception)
        {
            malformed.Add($"the body is not JSON (line {exception.LineNumber}, byte {exception.BytePositionInLine})");
        }

        return new CallbackBatch(notices, malformed);

        void Add(JsonElement element, int index)
        {
            try
            {
                AddReadable(element, index);
            }
            catch (InvalidOperationException)
            {
                // Text that is no text: half a surrogate pair, or bytes that are not UTF-8.
                malformed.Add($"event {index} has text that cannot be read");
            }
        }

        void AddReadable(JsonElement element, int index)
        {
            if (element.ValueKind is not JsonValueKind.Object || String(element, "type") is not { Length: > 0 } type)
                malformed.Add($"event {index} has no type");
            else if (Kind(type) is not { } kind)
                return;
            else if (Object(element, "data") is not { } data)
                malformed.Add($"event {index} has no data");
            else
                notices.Add(Read(kind, callId, element, data, now));
        }
    }

    private static CallNotice Read(CallNoticeKind kind, string callId, JsonElement element, JsonElement data, DateTimeOffset now)
    {
        // An event without an id or a time is not worth losing a call's end for.
        var at = DateTimeOffset.TryParse(String(element, "time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : now;
        return new CallNotice(
            kind, String(element, "id") ?? Guid.NewGuid().ToString("N"), callId, at, String(data, "callConnectionId"), String(data, "serverCallId"),
            String(data, "correlationId"), Detail(data), String(data, "operationContext"));
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
        if ((Object(data, "resultInformation") ?? Object(data, "resultInfo")) is { } result)
        {
            var (code, subCode) = (Number(result, "code"), Number(result, "subCode"));
            if (code is not null || subCode is not null) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{code ?? 0}/{subCode ?? 0}"));
            if (String(result, "message") is { Length: > 0 } message) parts.Add(message);
        }

        if (Object(data, "mediaStreamingUpdate") is { } update && String(update, "mediaStreamingStatusDetails") is { Length: > 0 } details) parts.Add(details);
        var text = PhoneNumber.Masked(string.Join(' ', parts));
        return text.Length <= LongestDetail ? text : text[..LongestDetail];
    }

    private static JsonElement? Object(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Object ? value : null;

    private static string? String(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
