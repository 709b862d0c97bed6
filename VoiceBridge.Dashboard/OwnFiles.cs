namespace VoiceBridge.Dashboard;

/// <summary>
/// Where the dashboard's scripts and styles are: at the root when its own list of static files is at hand (by itself, or beside another
/// executable's build), under <c>_content</c> when it was published as a part of another executable.
/// </summary>
internal static class OwnFiles
{
    public const string Assembly = "VoiceBridge.Dashboard";
    private static readonly string Folder = AppContext.BaseDirectory;

    private static readonly bool AtRoot =
        File.Exists(Path.Combine(Folder, $"{Assembly}.staticwebassets.runtime.json")) || File.Exists(Path.Combine(Folder, "wwwroot", "css", "tokens.css"));

    /// <summary>The list of static files to serve; null for the default one.</summary>
    public static string? Manifest { get; } =
        new[] { AtRoot ? Assembly : null, System.Reflection.Assembly.GetEntryAssembly()?.GetName().Name }
            .OfType<string>()
            .Select(name => $"{name}.staticwebassets.endpoints.json")
            .FirstOrDefault(file => File.Exists(Path.Combine(Folder, file)));

    /// <summary>The folder that the files were published to; null in a build, where the manifest says where each is.</summary>
    public static string? WebRoot { get; } = Directory.Exists(Path.Combine(Folder, "wwwroot")) ? Path.Combine(Folder, "wwwroot") : null;

    /// <summary>A file's path below the site's root.</summary>
    public static string Url(string file) => AtRoot ? file : $"_content/{Assembly}/{file}";
}
