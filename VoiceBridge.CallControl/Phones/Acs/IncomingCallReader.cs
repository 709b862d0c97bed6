using System.Text.Json;

namespace VoiceBridge.CallControl.Phones.Acs;

/// <summary>
/// Turns the data of a <c>Microsoft.Communication.IncomingCall</c> event into a call. Its context is all that answering needs; everything else is read where it is
/// what it should be, so that a field of another type or a new one loses no call.
/// </summary>
internal static class IncomingCallReader
{
    /// <summary>The type of the event.</summary>
    public const string EventType = "Microsoft.Communication.IncomingCall";

    private const string PhonePrefix = "4:";
    private const string Unknown = "unknown";
    private const int MaxIdLength = 256;

    /// <summary>The call, or null with the reason why the event says too little to answer one.</summary>
    public static IncomingCall? Read(BinaryData? raw, DateTimeOffset time, out string? why)
    {
        try
        {
            using var data = JsonDocument.Parse(raw?.ToMemory() ?? default);
            return Read(data.RootElement, time, out why);
        }
        catch (JsonException)
        {
            why = "data is not JSON";
            return null;
        }
    }

    private static IncomingCall? Read(JsonElement data, DateTimeOffset time, out string? why)
    {
        if (data.ValueKind is not JsonValueKind.Object || String(data, "incomingCallContext") is not { Length: > 0 } context)
        {
            why = "data.incomingCallContext is missing";
            return null;
        }

        why = null;
        // A call that came by redirection was dialled to somebody else: that number chooses the agent. A Teams resource account has none.
        var (behalf, to) = (Id(data, "onBehalfOfCallee"), Id(data, "to"));
        return new IncomingCall(
            String(data, "correlationId") ?? "",
            context,
            String(data, "serverCallId") is { Length: > 0 } serverCallId ? serverCallId : null,
            Id(data, "from") ?? Unknown,
            behalf is not null && PhoneNumber.IsE164(behalf) ? behalf : to is not null && PhoneNumber.IsE164(to) ? to : behalf ?? to ?? Unknown,
            new DateTimeOffset(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero));
    }

    /// <summary>A participant's number, or else its raw id.</summary>
    private static string? Id(JsonElement data, string name)
    {
        if (Find(data, name) is not { ValueKind: JsonValueKind.Object } identifier) return null;
        var number = Find(identifier, "phoneNumber") is { ValueKind: JsonValueKind.Object } phone ? String(phone, "value") : null;
        var rawId = String(identifier, "rawId");
        var text = number is { Length: > 0 } ? number
            : rawId?.StartsWith(PhonePrefix, StringComparison.Ordinal) == true ? rawId[PhonePrefix.Length..]
            : rawId;
        if (string.IsNullOrEmpty(text)) return null;
        return text.Length <= MaxIdLength ? text : text[..MaxIdLength];
    }

    private static string? String(JsonElement element, string name) => Find(element, name) is { ValueKind: JsonValueKind.String } value ? Read(() => value.GetString()) : null;

    private static JsonElement? Find(JsonElement element, string name) =>
        element.EnumerateObject().Where(property => Read(() => property.NameEquals(name))).Select(property => (JsonElement?)property.Value).LastOrDefault();

    /// <summary>Nothing for text that is no text (half a surrogate pair), in names too.</summary>
    private static T? Read<T>(Func<T?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }
}
