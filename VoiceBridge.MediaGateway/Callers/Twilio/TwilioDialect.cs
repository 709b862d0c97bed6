using System.Text.Json;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>The names in the messages of a media stream (twilio.com/docs/voice/media-streams/websocket-messages). Other networks speak the same protocol with some
/// names of their own: such a dialect is another table.</summary>
internal sealed record TwilioDialect
{
    public static TwilioDialect Twilio { get; } = new();

    /// <summary>The field with a message's name. What belongs to a message stands in an object of the same name.</summary>
    public JsonEncodedText Event { get; init; } = JsonEncodedText.Encode("event");

    public JsonEncodedText Start { get; init; } = JsonEncodedText.Encode("start");

    public JsonEncodedText Media { get; init; } = JsonEncodedText.Encode("media");

    public JsonEncodedText Mark { get; init; } = JsonEncodedText.Encode("mark");

    public JsonEncodedText Dtmf { get; init; } = JsonEncodedText.Encode("dtmf");

    public JsonEncodedText Stop { get; init; } = JsonEncodedText.Encode("stop");

    public JsonEncodedText Clear { get; init; } = JsonEncodedText.Encode("clear");

    /// <summary>The stream's id: beside the event in what we send, there or in the start in what comes.</summary>
    public JsonEncodedText StreamId { get; init; } = JsonEncodedText.Encode("streamSid");

    public JsonEncodedText CallId { get; init; } = JsonEncodedText.Encode("callSid");

    public JsonEncodedText AccountId { get; init; } = JsonEncodedText.Encode("accountSid");

    /// <summary>Of media: the audio.</summary>
    public JsonEncodedText Payload { get; init; } = JsonEncodedText.Encode("payload");

    /// <summary>Of media: whose audio it is.</summary>
    public JsonEncodedText Track { get; init; } = JsonEncodedText.Encode("track");

    /// <summary>The caller's track.</summary>
    public JsonEncodedText Inbound { get; init; } = JsonEncodedText.Encode("inbound");

    /// <summary>Of a mark.</summary>
    public JsonEncodedText Name { get; init; } = JsonEncodedText.Encode("name");

    /// <summary>Of a key.</summary>
    public JsonEncodedText Digit { get; init; } = JsonEncodedText.Encode("digit");

    public JsonEncodedText MediaFormat { get; init; } = JsonEncodedText.Encode("mediaFormat");

    public JsonEncodedText Encoding { get; init; } = JsonEncodedText.Encode("encoding");

    public JsonEncodedText SampleRate { get; init; } = JsonEncodedText.Encode("sampleRate");

    public JsonEncodedText Channels { get; init; } = JsonEncodedText.Encode("channels");

    /// <summary>The encoding that is spoken here.</summary>
    public JsonEncodedText MuLaw { get; init; } = JsonEncodedText.Encode("audio/x-mulaw");

    /// <summary>What the answer to the call had the network bring along, the ticket among it.</summary>
    public JsonEncodedText Parameters { get; init; } = JsonEncodedText.Encode("customParameters");
}
