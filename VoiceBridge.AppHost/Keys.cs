namespace VoiceBridge.AppHost;

/// <summary>
/// The secrets that nobody has to think up: generated at the first deployment (and kept by azd), and anew for every run here.
/// To set one: <c>Parameters:cluster-key</c> and so on.
/// </summary>
internal sealed class Keys(IDistributedApplicationBuilder builder)
{
    /// <summary>The name of the Event Grid subscription that infra/incoming-calls.bicep makes.</summary>
    public const string SubscriptionName = "voicebridge-incoming";

    // 44 letters and digits are the base64 of 33 bytes, as well as a good password.
    private const int Length = 44;

    /// <summary>Signs and encrypts what replicas tell each other: <c>Cluster:Keys:0</c>.</summary>
    public IResourceBuilder<ParameterResource> Cluster { get; } = Generate(builder, "cluster-key");

    /// <summary>Event Grid shows it as <c>?code=</c>: <c>EventGrid:Keys:0</c>.</summary>
    public IResourceBuilder<ParameterResource> EventGrid { get; } = Generate(builder, "eventgrid-key");

    /// <summary>Opens <c>/stats</c>, <c>/scale</c> and the dashboard's API: <c>Ops:ApiKeys:0</c>. Null on this machine, where loopback may see them.</summary>
    public IResourceBuilder<ParameterResource>? Ops { get; } =
        builder.ExecutionContext.IsPublishMode ? Generate(builder, "ops-key") : null;

    /// <summary>Opens <c>/drain</c>, and nothing that an autoscaler reads: <c>Ops:CommandKeys:0</c>. Null on this machine.</summary>
    public IResourceBuilder<ParameterResource>? Command { get; } =
        builder.ExecutionContext.IsPublishMode ? Generate(builder, "ops-command-key") : null;

    /// <summary>Adds a parameter whose value is generated when none is given.</summary>
    public static IResourceBuilder<ParameterResource> Generate(IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = Length, Special = false }, secret: true);
}
