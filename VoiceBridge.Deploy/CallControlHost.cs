using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>The resource <c>callcontrol</c>, with the chosen client of ACS.</summary>
internal static class CallControlHost
{
    /// <summary>The setting that chooses: <c>Rest</c> (default, the client that every build tests) or <c>Sdk</c> (Microsoft's).</summary>
    public const string Setting = "Deploy:AcsClient";

    private const string Name = "callcontrol";

    /// <exception cref="InvalidOperationException"><c>Deploy:AcsClient</c> is neither <c>Rest</c> nor <c>Sdk</c>.</exception>
    public static IResourceBuilder<ProjectResource> AddCallControl(this IDistributedApplicationBuilder builder) =>
        builder.Configuration.GetValue(Setting, "Rest") switch
        {
            "Rest" => builder.AddService<Projects.VoiceBridge_CallControl>(Name),
            "Sdk" => builder.AddService<Projects.VoiceBridge_CallControl_AcsSdk>(Name),
            var other => throw new InvalidOperationException($"{Setting} is '{other}': the clients are 'Rest' and 'Sdk'."),
        };
}
