using System.Text.Json;

namespace VoiceBridge.MediaGateway.Callers.Twilio;

/// <summary>The message in which a media stream says whose it is.</summary>
/// <param name="StreamId">The stream's id.</param>
/// <param name="CallId">The call's id.</param>
/// <param name="AccountId">The account's id.</param>
/// <param name="Ticket">What the answer to the call had it bring along.</param>
/// <param name="Format">The audio's format, where it is not µ-law, 8 kHz, mono.</param>
internal sealed record TwilioStart(string StreamId, string CallId, string? AccountId, string? Ticket, string? Format)
{
    /// <summary>The name of the parameter that the ticket is in.</summary>
    public const string TicketParameter = "ticket";

    private const int MaxStreamId = 100;

    /// <summary>Null when the message lacks an id, or has one that is none.</summary>
    public static TwilioStart? Read(ReadOnlyMemory<byte> message, TwilioDialect names)
    {
        try
        {
            using var json = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 16 });
            var start = Member(json.RootElement, names.Start);
            // It goes into each of our messages as it is.
            if ((Text(start, names.StreamId) ?? Text(json.RootElement, names.StreamId)) is not { Length: > 0 and <= MaxStreamId } stream
                || !stream.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                return null;
            }
            return Text(start, names.CallId) is not { Length: > 0 } call ? null : new TwilioStart(
                stream, call, Text(start, names.AccountId), Text(Member(start, names.Parameters), JsonEncodedText.Encode(TicketParameter)),
                OtherFormat(Member(start, names.MediaFormat), names));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? OtherFormat(JsonElement format, TwilioDialect names)
    {
        var encoding = Text(format, names.Encoding) ?? names.MuLaw.Value;
        var (rate, channels) = (Number(format, names.SampleRate) ?? 8_000, Number(format, names.Channels) ?? 1);
        return string.Equals(encoding, names.MuLaw.Value, StringComparison.OrdinalIgnoreCase) && rate == 8_000 && channels == 1
            ? null : $"{encoding}, {rate} Hz, {channels} channels";
    }

    private static JsonElement Member(JsonElement of, JsonEncodedText name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name.EncodedUtf8Bytes, out var member) ? member : default;

    private static string? Text(JsonElement of, JsonEncodedText name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static int? Number(JsonElement of, JsonEncodedText name) => Member(of, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) => value,
        { ValueKind: JsonValueKind.String } text when int.TryParse(text.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };
}
