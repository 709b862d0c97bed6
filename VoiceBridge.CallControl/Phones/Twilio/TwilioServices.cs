using VoiceBridge.ServiceDefaults.Access;
using VoiceBridge.ServiceDefaults.Access.Twilio;
using VoiceBridge.ServiceDefaults.Limits;
using VoiceBridge.ServiceDefaults.Telemetry;

namespace VoiceBridge.CallControl.Phones.Twilio;

/// <summary>Registers Twilio's part of the service. Without an account its addresses are not found.</summary>
internal static class TwilioServices
{
    private const string Path = "/twilio";

    public static void AddTwilioPhone(this IServiceCollection services)
    {
        services.AddTwilio();
        services.AddOptions<TwilioOptions>()
            // In Development too: with the stand-in for a key everybody could have real phones called.
            .Validate<IConfiguration>((twilio, configuration) => !twilio.IsConfigured || twilio.ApiUrl.IsLoopback || configuration.GetSection("Cluster:Keys").GetChildren().Any(),
                "Cluster:Keys: a real Twilio account is configured, and no key tells the cluster's requests from anybody's.");
        services.AddProtectionCheck<TwilioProtections>();
        services.AddLimitedEntry(Path, TwilioRequests.Entry, context => context.RequestServices.GetRequiredService<TwilioRequests>().IsAuthenticatedAsync(context));
        services.AddUntracedEntry(Path);
        services.AddSingleton<TwilioRequests>();
        services.AddSingleton<TwilioCalls>();
        services.AddSingleton<TwilioDecisions>();
        services.AddSingleton<TwilioApi>();
        services.AddSingleton<TwimlDocuments>();
        services.AddSingleton<TwilioPhone>();
        services.AddSingleton<IPhoneNetwork>(s => s.GetRequiredService<TwilioPhone>());
        services.AddSingleton<TwilioVoiceEndpoint>();
        services.AddSingleton<TwilioNextEndpoint>();
        services.AddSingleton<TwilioStatusEndpoint>();
    }

    public static void MapTwilio(this WebApplication app)
    {
        app.MapPost("/twilio/voice", (HttpContext context, TwilioVoiceEndpoint endpoint) => endpoint.PostAsync(context));
        app.MapPost("/twilio/next", (HttpContext context, TwilioNextEndpoint endpoint) => endpoint.PostAsync(context));
        app.MapPost("/twilio/status", (HttpContext context, TwilioStatusEndpoint endpoint) => endpoint.StatusAsync(context));
        app.MapPost("/twilio/stream", (HttpContext context, TwilioStatusEndpoint endpoint) => endpoint.StreamAsync(context));
    }
}
