using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using VoiceBridge.History;
using VoiceBridge.History.Webhooks;

namespace VoiceBridge.CallControl.EndedCalls.Webhooks;

/// <summary>Says what is wrong with the section <c>Webhooks</c>.</summary>
internal sealed partial class WebhookOptionsCheck(IConfiguration configuration) : IValidateOptions<WebhookOptions>
{
    private const string SecretPrefix = "whsec_";
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;
    private const int MaxSecrets = 5;
    private const int MaxReceivers = 50;

    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var failures = General(options).Concat(options.Receivers.SelectMany(receiver => Of(receiver.Key, receiver.Value, options.AllowPrivate))).ToArray();
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> General(WebhookOptions options)
    {
        if (options.Receivers.Count > 0 && !configuration.HasHistory())
            yield return "Webhooks:Receivers: events wait in the history until they have arrived, and ConnectionStrings:history is not set.";
        if (options.Receivers.Count > MaxReceivers) yield return $"Webhooks:Receivers: {MaxReceivers} receivers at most.";
        if (options.Timeout < TimeSpan.FromSeconds(1) || options.Timeout > TimeSpan.FromMinutes(1)) yield return "Webhooks:Timeout must be between 1 s and 1 min.";
        if (options.MinDelay <= TimeSpan.Zero || options.MinDelay > TimeSpan.FromHours(1)) yield return "Webhooks:MinDelay must be more than 0 and 1 h at most.";
        if (options.MaxDelay < options.MinDelay || options.MaxDelay > TimeSpan.FromHours(12)) yield return "Webhooks:MaxDelay must be between Webhooks:MinDelay and 12 h.";
        if (options.GiveUpAfter < TimeSpan.FromMinutes(1) || options.GiveUpAfter > TimeSpan.FromDays(7)) yield return "Webhooks:GiveUpAfter must be between 1 min and 7 days.";
    }

    private static IEnumerable<string> Of(string name, WebhookReceiver receiver, bool allowPrivate)
    {
        var setting = $"{WebhookOptions.Section}:Receivers:{name}";
        if (!Name().IsMatch(name)) yield return $"{setting}: a receiver's name has letters, digits, - and _, 50 at most.";
        if (receiver.Url is not { IsAbsoluteUri: true } url) yield return $"{setting}:Url must be an absolute https address.";
        else if (UrlProblem(url, allowPrivate) is { } problem) yield return $"{setting}:Url {problem}.";
        if (receiver.Secrets.Count is 0 or > MaxSecrets) yield return $"{setting}:Secrets: between one and {MaxSecrets} keys that events are signed with, {SecretPrefix} and base64 each.";
        foreach (var (index, secret) in receiver.Secrets.Index())
        {
            if (!IsSecret(secret)) yield return $"{setting}:Secrets:{index} must be {SecretPrefix} and base64 of {MinSecretBytes} to {MaxSecretBytes} bytes ({SecretPrefix}$(openssl rand -base64 32)).";
        }
    }

    private static string? UrlProblem(Uri url, bool allowPrivate)
    {
        if (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) return "must be an https address";
        if (url.Scheme != Uri.UriSchemeHttps && !allowPrivate) return "must be an https address (http is for receivers in a private network: Webhooks:AllowPrivate)";
        if (url.UserInfo.Length > 0) return "must not hold a user's name or password: receivers check the signature";
        if (!allowPrivate && IPAddress.TryParse(url.DnsSafeHost, out var address) && !PublicAddress.Is(address))
            return $"is not a public address ({address}); Webhooks:AllowPrivate allows others";
        return null;
    }

    private static bool IsSecret(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal)) return false;
        Span<byte> key = stackalloc byte[MaxSecretBytes];
        return Convert.TryFromBase64Chars(secret.AsSpan(SecretPrefix.Length), key, out var length) && length >= MinSecretBytes;
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,50}$")]
    private static partial Regex Name();
}
