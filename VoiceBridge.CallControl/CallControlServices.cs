using Azure.Core;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VoiceBridge.CallControl.EndedCalls.Webhooks;
using VoiceBridge.Cluster;
using VoiceBridge.History;
using VoiceBridge.History.Webhooks;
using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Hosting;
using VoiceBridge.ServiceDefaults.Limits;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl;

/// <summary>Registers what the service consists of.</summary>
internal static class CallControlServices
{
    public static void AddCallControl(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddCluster(builder.Configuration);
        services.AddOptions<AcsOptions>().BindConfiguration(AcsOptions.Section).ValidateDataAnnotations()
            // In Development too: with the stand-in for a key everybody could have real phones called.
            .Validate<IOptions<ClusterOptions>>((acs, cluster) => !acs.IsReal || cluster.Value.Keys.Count > 0,
                "Cluster:Keys: a real ACS resource is configured, and no key tells the cluster's requests from anybody's.")
            .ValidateOnStart();
        services.AddOptions<EventGridOptions>().BindConfiguration(EventGridOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<CallOptions>().Configure<IConfiguration>((options, configuration) => configuration.Bind(options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallOptions>, CallOptionsValidation>();
        services.AddProtectionCheck<CallControlProtections>();
        // A flood at one of them leaves the others their share, and a flood without credentials leaves Azure's and the cluster's requests theirs.
        services.AddLimitedEntry("/acs/incomingcall", WebhookEndpoint.Entry, context => context.RequestServices.GetRequiredService<WebhookAuthentication>().IsAuthenticatedAsync(context));
        services.AddLimitedEntry("/acs/callbacks", CallbackEndpoint.Entry, context => context.RequestServices.GetRequiredService<CallbackEndpoint>().IsAuthenticatedAsync(context));
        services.AddLimitedEntry("/calls", CallsApi.Entry, context => new(context.RequestServices.GetRequiredService<CallsApi>().IsAuthenticated(context)));
        // What they are about is traced with its call.
        services.AddUntracedEntry("/acs/incomingcall").AddUntracedEntry("/acs/callbacks");

        // A host may have brought another client (VoiceBridge.CallControl.AcsSdk).
        services.AddAzureCredential();
        services.TryAddKeyedSingleton<IPhoneService>(AcsNetwork.Key, (s, _) => RestCallAutomation.Create(
            s.GetRequiredService<IOptions<AcsOptions>>().Value, s.GetRequiredService<TokenCredential>(), s.GetRequiredService<TimeProvider>()));
        services.AddTwilioPhone();
        // The last one: it takes what no other knows for its own.
        services.AddSingleton<IPhoneNetwork, AcsNetwork>();
        services.AddSingleton<PhoneNetworks>();
        services.TryAddSingleton<IPhoneService>(s => s.GetRequiredService<PhoneNetworks>());
        services.AddSingleton<AnswerRequests>();

        services.AddSingleton<WebhookAuthentication>();
        services.AddSingleton<WebhookEndpoint>();
        services.AddSingleton<CallbackEndpoint>();
        services.AddSingleton<CallsApi>();
        services.AddSingleton<StatsEndpoints>();
        services.AddAuthentication().AddJwtBearer(CallbackTokens.Scheme, _ => { }).AddJwtBearer(WebhookAuthentication.Scheme, _ => { });
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, CallbackTokens>();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, WebhookTokens>();

        services.AddSingleton<Replica>();
        services.AddSingleton<OfflineAllowance>();
        services.AddSingleton<HeartbeatRule>();
        services.AddSingleton<CallEnding>();
        services.AddSingleton<CallRefusal>();
        services.AddSingleton<CallAnswering>();
        services.AddSingleton<CallIntake>();
        services.AddSingleton<CallLifecycle>();
        services.AddSingleton<MediaLoss>();
        services.AddSingleton<CallTermination>();
        services.AddSingleton<Transfers>();
        services.AddSingleton<CallRecovery>();

        // Stopped in reverse order: first those that find work, then the work itself, then the counters that it leaves behind.
        services.AddHostedSingleton<ClusterWatch>();
        services.AddHostedSingleton<CallCounters>();
        services.AddHostedSingleton<CallLeases>();
        services.AddHostedSingleton<CallAdmission>();
        services.AddHostedSingleton<CallWork>();
        services.AddHostedService<CallShepherd>();

        services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsCheck>();
        if (!builder.AddHistory()) return;
        services.AddHostedService<OutboxDrain>();
        services.AddHostedService<HistoryUpkeep>();
        services.AddSingleton<WebhookClient>();
        services.AddHostedService<WebhookDispatcher>();
    }

    private static void AddHostedSingleton<T>(this IServiceCollection services)
        where T : class, IHostedService
    {
        services.AddSingleton<T>();
        services.AddHostedService(s => s.GetRequiredService<T>());
    }
}
