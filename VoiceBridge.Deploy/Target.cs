using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>Where the system is published to.</summary>
internal enum Target
{
    /// <summary>Azure Container Apps, with everything else of Azure that it needs.</summary>
    ContainerApps,

    /// <summary>A Compose file, with a real Azure whose settings are given.</summary>
    Compose,
}

internal static class TargetExtensions
{
    /// <summary>The setting that chooses: <c>aca</c> (default) or <c>compose</c>.</summary>
    public const string Setting = "Deploy:Target";

    /// <summary>The setting that says where ended calls are kept: <c>postgres</c> (default), or <c>none</c>.</summary>
    public const string HistorySetting = "Deploy:History";

    /// <exception cref="InvalidOperationException"><c>Deploy:Target</c> is neither <c>aca</c> nor <c>compose</c>.</exception>
    public static Target GetTarget(this IDistributedApplicationBuilder builder) => builder.Configuration.GetValue(Setting, "aca") switch
    {
        "aca" => Target.ContainerApps,
        "compose" => Target.Compose,
        var other => throw new InvalidOperationException($"{Setting} is '{other}': only 'aca' and 'compose' can be published."),
    };

    /// <summary>Whether a PostgreSQL server for ended calls is a part of it.</summary>
    /// <exception cref="InvalidOperationException"><c>Deploy:History</c> is neither <c>postgres</c> nor <c>none</c>.</exception>
    public static bool KeepsHistory(this IDistributedApplicationBuilder builder) => builder.Configuration.GetValue(HistorySetting, "postgres") switch
    {
        "postgres" => true,
        "none" => false,
        var other => throw new InvalidOperationException($"{HistorySetting} is '{other}': only 'postgres' and 'none' are known."),
    };
}
