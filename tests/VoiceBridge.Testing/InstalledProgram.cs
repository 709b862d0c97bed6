namespace VoiceBridge.Testing;

/// <summary>Programs that some tests need and that may not be there.</summary>
public static class InstalledProgram
{
    /// <summary>The first of <paramref name="names"/> that a folder of <c>PATH</c> has, or null.</summary>
    public static string? Find(params string[] names) =>
        (from name in names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
