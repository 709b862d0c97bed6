using System.Buffers;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>
/// The parameters of one of Twilio's requests (twilio.com/docs/voice/twiml, "Twilio's request to your application"). New ones appear any time, and all of them are
/// signed, known or not.
/// </summary>
internal sealed class TwilioForm
{
    private const int MaxParameters = 256;
    private const int MaxIdLength = 256;
    private const string Unknown = "unknown";
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    private readonly IReadOnlyDictionary<string, StringValues> _values;

    private TwilioForm(IReadOnlyDictionary<string, StringValues> values) => _values = values;

    /// <summary>As they are signed.</summary>
    public IEnumerable<KeyValuePair<string, StringValues>> All => _values;

    public string AccountSid => Text("AccountSid");

    /// <summary>The call's id: <c>CA</c> and 32 hex digits.</summary>
    public string CallSid => Text("CallSid");

    public string CallStatus => Text("CallStatus");

    /// <summary>The caller's number, or what stands for it; withheld ones come as words.</summary>
    public string From => Id("From");

    /// <summary>The number that was dialled.</summary>
    public string To => Id("To");

    /// <summary>Whether the call is named as calls are.</summary>
    public bool NamesACall => IsCallSid(CallSid);

    public static bool IsCallSid(string text) => text is ['C', 'A', ..] && text.Length == 34 && !text.AsSpan(2).ContainsAnyExcept(Hex);

    /// <summary>The form, or null when the body is none.</summary>
    public static async Task<TwilioForm?> ReadAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var stream = new MemoryStream(body.ToArray(), writable: false);
            using var reader = new FormReader(stream) { ValueCountLimit = MaxParameters };
            return new TwilioForm(await reader.ReadFormAsync());
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The parameter, or an empty text.</summary>
    public string Text(string name) => _values.TryGetValue(name, out var value) && value.Count == 1 ? value[0] ?? "" : "";

    private string Id(string name) => Text(name) switch
    {
        "" => Unknown,
        { Length: > MaxIdLength } text => text[..MaxIdLength],
        var text => text,
    };
}
