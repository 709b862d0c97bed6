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
                // Without the time at which it takes over.
                options.HashKey ??= configuration["Cluster:Keys:0"]?.Split('@')[0];
            })
            .Validate(options => options.CallerId != CallerIdVisibility.Hash || !string.IsNullOrEmpty(options.HashKey),
                "Privacy:CallerId is Hash, which needs a key: set Privacy:HashKey or Cluster:Keys:0.")
            .ValidateOnStart();
        builder.Services.TryAddSingleton<CallerIdPrivacy>();
    }
}
