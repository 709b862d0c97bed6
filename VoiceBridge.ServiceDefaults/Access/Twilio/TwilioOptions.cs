using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace VoiceBridge.ServiceDefaults.Access.Twilio;

/// <summary>Section <c>Twilio</c>: the account whose calls are taken. Without <see cref="AccountSid"/> there is no such phone.</summary>
public sealed class TwilioOptions
{
    public const string Section = "Twilio";

    /// <summary>The account: <c>AC</c> and 32 hex digits.</summary>
    public string? AccountSid { get; set; }

    /// <summary>The primary auth token: signs Twilio's requests, and ours where there is no <see cref="ApiKey"/>.</summary>
    public string? AuthToken { get; set; }

    /// <summary>The secondary auth token, accepted beside the primary one while they are exchanged.</summary>
    public string? AuthTokenNext { get; set; }

    /// <summary>The secret of a SharedKey, for accounts whose webhooks are signed with HMAC-SHA256.</summary>
    public string? SharedKey { get; set; }

    /// <summary>Accepted beside <see cref="SharedKey"/> while they are exchanged.</summary>
    public string? SharedKeyNext { get; set; }

    /// <summary>The SID of an API key for our requests; null: account and auth token.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Its secret.</summary>
    public string? ApiSecret { get; set; }

    /// <summary>Where Twilio's REST API is.</summary>
    public Uri ApiUrl { get; set; } = new("https://api.twilio.com");

    /// <summary>CallControl's public address as Twilio requests it, which is what it signs; <c>CallControl:PublicUrl</c> unless set.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>The gateways' public wss address as Twilio requests it; <c>Media:PublicUrl</c> unless set.</summary>
    public Uri? MediaUrl { get; set; }

    /// <summary>Whether there is a Twilio account.</summary>
    public bool IsConfigured => !string.IsNullOrEmpty(AccountSid);
}

/// <summary>What the settings must be where there is an account. A request without a signature is never let in, in Development neither.</summary>
internal sealed partial class TwilioOptionsValidation : IValidateOptions<TwilioOptions>
{
    private const int MinSecretLength = 16;

    public ValidateOptionsResult Validate(string? name, TwilioOptions options)
    {
        if (!options.IsConfigured) return ValidateOptionsResult.Success;
        var errors = new List<string>();
        if (!Account().IsMatch(options.AccountSid!)) errors.Add("Twilio:AccountSid must be AC and 32 hex digits.");
        if (string.IsNullOrEmpty(options.AuthToken) && string.IsNullOrEmpty(options.SharedKey))
            errors.Add("Twilio:AuthToken (or Twilio:SharedKey): nothing tells Twilio's requests from anybody's.");
        if (string.IsNullOrEmpty(options.AuthToken) && (string.IsNullOrEmpty(options.ApiKey) || string.IsNullOrEmpty(options.ApiSecret)))
            errors.Add("Twilio:AuthToken (or Twilio:ApiKey and Twilio:ApiSecret): calls cannot be hung up or transferred.");
        foreach (var (setting, secret) in new[]
        {
            (nameof(options.AuthToken), options.AuthToken), (nameof(options.AuthTokenNext), options.AuthTokenNext),
            (nameof(options.SharedKey), options.SharedKey), (nameof(options.SharedKeyNext), options.SharedKeyNext),
        })
        {
            if (secret is { Length: > 0 and < MinSecretLength }) errors.Add($"Twilio:{setting} is shorter than {MinSecretLength} characters.");
        }

        Address(options.ApiUrl, nameof(options.ApiUrl), "https", "http");
        Address(options.PublicUrl, nameof(options.PublicUrl), "https", "http");
        Address(options.MediaUrl, nameof(options.MediaUrl), "wss", "ws");
        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;

        void Address(Uri? address, string setting, string secure, string plain)
        {
            if (address is not null && !(address.IsAbsoluteUri && (address.Scheme == secure || address.Scheme == plain && address.IsLoopback)))
                errors.Add($"Twilio:{setting} must be a {secure} address ({plain} only on loopback).");
        }
    }

    [GeneratedRegex(@"^AC[0-9a-f]{32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Account();
}

/// <summary>Adds the settings and the signature's check.</summary>
public static class TwilioExtensions
{
    /// <summary>Binds section <c>Twilio</c>. Addresses that it does not name are those of the sections <c>CallControl</c> and <c>Media</c>.</summary>
    public static IServiceCollection AddTwilio(this IServiceCollection services)
    {
        services.AddOptions<TwilioOptions>().BindConfiguration(TwilioOptions.Section)
            .PostConfigure<IConfiguration>((options, configuration) =>
            {
                options.PublicUrl ??= configuration.GetValue<Uri?>("CallControl:PublicUrl");
                options.MediaUrl ??= configuration.GetValue<Uri?>("Media:PublicUrl");
            })
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TwilioOptions>, TwilioOptionsValidation>());
        services.TryAddSingleton<TwilioSignature>();
        return services;
    }
}
