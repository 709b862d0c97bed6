using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using StandardWebhooks;
using VoiceBridge.History.Reading;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Privacy;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>The event of a call's end: a CloudEvent in JSON, signed as Standard Webhooks says. docs/history.md describes it.</summary>
internal static class CallEndedEvent
{
    /// <summary>The version stands for the shape of <c>data</c>: properties may be added to it, and nothing else.</summary>
    public const string Type = "voicebridge.call.ended.v1";

    /// <summary>More is not sent: the event comes without what was said, and says so.</summary>
    private const int MaxBytes = 1 << 20;

    private static readonly JsonEventFormatter Formatter = new(
        new JsonSerializerOptions(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull }, default);

    /// <summary>The same for each try and each receiver.</summary>
    public static string IdOf(string callId) => $"call_ended_{callId}";

    /// <summary>The request's content, its signature as of <paramref name="now"/> in its headers.</summary>
    public static HttpContent Write(KeptCall call, WebhookReceiver receiver, string cluster, CallerIdPrivacy privacy, DateTimeOffset now)
    {
        var report = EndedCallReport.Of(call.Row, privacy);
        if (!receiver.Numbers) report = report with { Caller = "", Dialled = "" };
        if (receiver.Turns) report = report with { Transcript = [.. call.Turns.Select(TurnReport.Of)] };
        var (body, type) = Encode(report, cluster);
        if (body.Length > MaxBytes) (body, type) = Encode(report with { Transcript = null, TranscriptOmitted = true }, cluster);

        var (id, seconds, text) = (IdOf(report.CallId), now.ToUnixTimeSeconds(), Encoding.UTF8.GetString(body.Span));
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        content.Headers.Add("webhook-id", id);
        content.Headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        content.Headers.Add("webhook-signature", string.Join(' ', receiver.Secrets.Select(secret => new StandardWebhook(secret).Sign(id, now, text))));
        return content;
    }

    private static (ReadOnlyMemory<byte> Body, string Type) Encode(EndedCallReport report, string cluster)
    {
        var body = Formatter.EncodeStructuredModeMessage(
            new CloudEvent
            {
                Id = IdOf(report.CallId), Type = Type, Source = new Uri($"urn:voicebridge:{Uri.EscapeDataString(cluster)}"), Subject = report.CallId, Time = report.EndedAt,
                DataContentType = "application/json", Data = report,
            },
            out var type);
        return (body, type.ToString());
    }
}
