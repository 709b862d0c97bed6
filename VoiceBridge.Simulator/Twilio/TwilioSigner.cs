using System.Security.Cryptography;
using System.Text;

namespace VoiceBridge.Simulator.Twilio;

/// <summary>Signs requests as Twilio does (twilio.com/docs/usage/webhooks/webhooks-security): the address, then the form's parameters by name.</summary>
internal static class TwilioSigner
{
    private const string Key = "SK0123456789abcdef0123456789abcdef";

    /// <summary>The headers of a request to <paramref name="url"/>.</summary>
    internal static IEnumerable<(string Name, string Value)> Headers(TwilioBehaviour behaviour, string url, IEnumerable<KeyValuePair<string, string>> form)
    {
        var data = new StringBuilder(url);
        foreach (var (name, value) in form.OrderBy(p => p.Key, StringComparer.Ordinal)) data.Append(name).Append(value);
        var bytes = Encoding.UTF8.GetBytes(data.ToString());
        if (behaviour.SharedKey is { } shared)
        {
            return
            [
                ("x-twilio-signature", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(shared), bytes))),
                ("x-twilio-webhooks-signature-settings", $"key={Key},algorithm=HMAC_SHA256"),
            ];
        }
#pragma warning disable CA5350 // The algorithm is Twilio's.
        return [("x-twilio-signature", Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(behaviour.AuthToken), bytes)))];
#pragma warning restore CA5350
    }
}
