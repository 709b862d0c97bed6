using System.Text.Json;

namespace VoiceBridge.Simulator.Acs.Rest;

/// <summary>What an answer asks for, checked as far as ACS would check it.</summary>
internal sealed record AnswerRequest(string Context, Uri CallbackUri, string? OperationContext, MediaStreaming? Media)
{
    /// <summary>Reads the body of <c>callConnections:answer</c>; the second value says what is wrong with it.</summary>
    internal static (AnswerRequest?, RestError?) Read(JsonElement body)
    {
        if (Text(body, "incomingCallContext") is not { Length: > 0 } context) return Bad("incomingCallContext is required.");
        if (!Uri.TryCreate(Text(body, "callbackUri"), UriKind.Absolute, out var callback) || callback.Scheme is not ("https" or "http"))
            return Bad("callbackUri is required and must be an absolute https URL.");
        MediaStreaming? media = null;
        if (body.TryGetProperty("mediaStreamingOptions", out var options) && options.ValueKind == JsonValueKind.Object)
        {
            if (Text(options, "transportType") != "websocket") return Bad("mediaStreamingOptions.transportType must be websocket.");
            if (Text(options, "audioChannelType") is not ("mixed" or "unmixed")) return Bad("mediaStreamingOptions.audioChannelType must be mixed or unmixed.");
            if (!Uri.TryCreate(Text(options, "transportUrl"), UriKind.Absolute, out var url) || url.Scheme is not ("wss" or "ws"))
                return Bad("mediaStreamingOptions.transportUrl must be an absolute wss URL.");
            if (Text(options, "contentType") is not (null or "audio")) return Bad("mediaStreamingOptions.contentType must be audio.");
            int? rate = Text(options, "audioFormat") switch { null or "pcm16KMono" => 16_000, "pcm24KMono" => 24_000, _ => null };
            if (rate is null) return Bad("mediaStreamingOptions.audioFormat must be pcm16KMono or pcm24KMono.");
            media = new MediaStreaming(
                url,
                rate.Value,
                Flag(options, "startMediaStreaming"),
                Flag(options, "enableBidirectional"),
                Flag(options, "enableDtmfTones"),
                Text(options, "audioChannelType") == "unmixed");
        }
        return (new AnswerRequest(context, callback, Text(body, "operationContext"), media), null);
    }

    internal static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static (AnswerRequest?, RestError?) Bad(string message) => (null, RestError.BadRequest(message));
}

/// <summary>The media streaming that an answer asked for.</summary>
internal sealed record MediaStreaming(Uri TransportUrl, int SampleRate, bool Start, bool Bidirectional, bool Dtmf, bool Unmixed);
