using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace VoiceBridge.ServiceDefaults.Privacy;

internal static class PrivacyExtensions
{
    public static void AddCallerIdPrivacy(this IHostApplicationBuilder builder)
    {
        var development = builder.Environment.IsDevelopment();
        var configuration = builder.Configuration;
        builder.Services.AddOptions<PrivacyOptions>().BindConfiguration(PrivacyOptions.Section)
            .PostConfigure(options =>
            {
                options.CallerId ??= development ? CallerIdVisibility.Full : CallerIdVisibility.Last4;
                options.HashKey ??= configuration["Cluster:Keys:0"] is { Length: > 0 } key ? Derived(key) : null;
            })
            .Validate(options => options.CallerId != CallerIdVisibility.Hash || !string.IsNullOrEmpty(options.HashKey),
                "Privacy:CallerId is Hash, which needs a key: set Privacy:HashKey or Cluster:Keys:0.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton<CallerIdPrivacy>();
    }

    /// <summary>Whoever learns the key of the hashes learns nothing of the cluster's key.</summary>
    private static string Derived(string clusterKey)
    {
        // Without the time at which it takes over.
        var secret = Encoding.UTF8.GetBytes(clusterKey.Split('@')[0]);
        return Convert.ToBase64String(HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, HMACSHA256.HashSizeInBytes, "voicebridge"u8.ToArray(), "caller-id-hash"u8.ToArray()));
    }
}
