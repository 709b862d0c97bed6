using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>Where the system of the picture lives.</summary>
internal enum Stage
{
    /// <summary>This machine, with the simulator as Azure.</summary>
    Simulated,

    /// <summary>This machine, with a real Azure whose settings are given.</summary>
    Local,

    /// <summary>Published to Azure Container Apps, with everything else of Azure that it needs.</summary>
    ContainerApps,

    /// <summary>Published as a Compose file, with a real Azure whose settings are given.</summary>
    Compose,
}

internal static class StageExtensions
{
    /// <summary>The setting that chooses what is published: <c>aca</c> (default) or <c>compose</c>.</summary>
    public const string TargetSetting = "Deploy:Target";

    /// <summary>Tells the stage from how the AppHost was started and from its configuration.</summary>
    /// <exception cref="InvalidOperationException"><c>Deploy:Target</c> is neither <c>aca</c> nor <c>compose</c>.</exception>
    public static Stage GetStage(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode)
            return GivenAzure.IsGiven(builder.Configuration) ? Stage.Local : Stage.Simulated;

        return builder.Configuration.GetValue(TargetSetting, "aca") switch
        {
            "aca" => Stage.ContainerApps,
            "compose" => Stage.Compose,
            var other => throw new InvalidOperationException($"{TargetSetting} is '{other}': only 'aca' and 'compose' can be published."),
        };
    }
}
