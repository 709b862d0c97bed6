namespace VoiceBridge.Local.Cli;

/// <summary>The file in which this user's local system keeps ended calls, from one run to the next.</summary>
internal static class HistoryFile
{
    /// <summary>Another database may be set: <c>ConnectionStrings__history</c> in the environment.</summary>
    public static string? ConnectionString(string? given)
    {
        if (given == "none") return null;
        if (given is null && Environment.GetEnvironmentVariable("ConnectionStrings__history") is { Length: > 0 } set) return set;
        var file = given ?? Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "VoiceBridge", "history.db");
        return $"Data Source={Path.GetFullPath(file)}";
    }
}
