namespace VoiceBridge.AppHost;

/// <summary>Makes the simulator the Azure of the other services, Event Grid, ACS and Voice Live, and their Twilio, all on one port.</summary>
internal static class SimulatedAzure
{
    private const string Model = "gpt-realtime";

    // What the audience of ACS's tokens is, in a world where the resource does not exist.
    private const string ResourceId = "5a1b0c7e-0b51-4d3f-9a52-6d5b8a3c1f00";

    private const string TwilioAccount = "AC0123456789abcdef0123456789abcdef";

    /// <summary>Tells the services where the simulated Azure is, and the simulator whom it calls.</summary>
    public static IResourceBuilder<ProjectResource> SimulatesAzureFor(
        this IResourceBuilder<ProjectResource> simulator,
        IResourceBuilder<ProjectResource> callcontrol,
        IResourceBuilder<ProjectResource> mediagateway,
        IResourceBuilder<ProjectResource> dashboard,
        Keys keys)
    {
        var azure = simulator.GetEndpoint(Services.Http);
        var events = callcontrol.GetEndpoint(Services.Http);
        var acsKey = Keys.Generate(simulator.ApplicationBuilder, "simulated-acs-key");
        var voiceLiveKey = Keys.Generate(simulator.ApplicationBuilder, "simulated-voicelive-key");

        callcontrol
            .WithEnvironment("CallControl__PublicUrl", events)
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress())
            .WithSecret("Acs__ConnectionString", ReferenceExpression.Create($"endpoint={azure};accesskey={acsKey}"))
            .TrustsSimulatedTokens(azure);
        mediagateway
            .TrustsSimulatedTokens(azure)
            .WithEnvironment("VoiceLive__Endpoints__0__Name", "simulated")
            .WithEnvironment("VoiceLive__Endpoints__0__Url", azure)
            .WithEnvironment("VoiceLive__Endpoints__0__Model", Model)
            .WithEnvironment("VoiceLive__Endpoints__0__Key", voiceLiveKey)
            // The simulator is no quota of Azure's: as fast as somebody may want to try.
            .WithEnvironment("VoiceLive__Endpoints__0__ConnectionsPerMinute", "6000")
            .WithEnvironment("Web__AllowedOrigins__0", dashboard.GetEndpoint(Services.Http));
        dashboard
            .WithEnvironment("Media__PublicUrl", mediagateway.SocketAddress())
            .WithEnvironment("Dashboard__Simulated__0", "phone")
            .WithEnvironment("Dashboard__Simulated__1", "agent");

        return simulator
            .WithReplicasHealthCheck("/health")
            .WithArgs(context =>
            {
                context.Args.Add("serve");
                context.Args.Add("--port");
                context.Args.Add(azure.Property(EndpointProperty.TargetPort));
            })
            .WithSecret("Simulator__Webhook", ReferenceExpression.Create($"{events}/acs/incomingcall?code={keys.EventGrid}"))
            .WithEnvironment("Simulator__SubscriptionName", Keys.SubscriptionName)
            .WithEnvironment("Simulator__ResourceId", ResourceId)
            .WithEnvironment("Simulator__AccessKey", acsKey)
            .WithEnvironment("Simulator__VoiceLiveKey", voiceLiveKey)
            // Event Grid asks the webhook at once whether it wants the events.
            .WaitFor(callcontrol)
            .SimulatesTwilioFor(callcontrol, mediagateway);
    }

    private static IResourceBuilder<ProjectResource> SimulatesTwilioFor(
        this IResourceBuilder<ProjectResource> simulator, IResourceBuilder<ProjectResource> callcontrol, IResourceBuilder<ProjectResource> mediagateway)
    {
        var token = Keys.Generate(simulator.ApplicationBuilder, "simulated-twilio-token");
        var webhooks = callcontrol.GetEndpoint(Services.Http);
        foreach (var service in (IResourceBuilder<ProjectResource>[])[callcontrol, mediagateway])
        {
            service
                .WithEnvironment("Twilio__AccountSid", TwilioAccount)
                .WithEnvironment("Twilio__AuthToken", token)
                .WithEnvironment("Twilio__MediaUrl", mediagateway.SocketAddress());
        }

        callcontrol
            .WithEnvironment("Twilio__ApiUrl", simulator.GetEndpoint(Services.Http))
            .WithEnvironment("Twilio__PublicUrl", webhooks);
        return simulator
            .WithEnvironment("Simulator__Twilio__AccountSid", TwilioAccount)
            .WithEnvironment("Simulator__Twilio__AuthToken", token)
            .WithEnvironment("Simulator__Twilio__VoiceUrl", ReferenceExpression.Create($"{webhooks}/twilio/voice"))
            .WithEnvironment("Simulator__Twilio__FallbackUrl", ReferenceExpression.Create($"{webhooks}/twilio/voice"))
            .WithEnvironment("Simulator__Twilio__StatusCallback", ReferenceExpression.Create($"{webhooks}/twilio/status"));
    }

    private static IResourceBuilder<ProjectResource> TrustsSimulatedTokens(this IResourceBuilder<ProjectResource> service, EndpointReference azure) =>
        service
            .WithEnvironment("Acs__ResourceId", ResourceId)
            .WithEnvironment("Acs__OpenIdConfiguration", $"{azure}/calling/.well-known/acsopenidconfiguration");
}
