using System.Globalization;
using System.Reflection;
using VoiceBridge.Soak;

/// <summary>
/// Loaded into every service (DOTNET_STARTUP_HOOKS): when the measuring process asks for it by a file, collects all garbage and says
/// what is left. The services need no endpoint for that.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(Inspection.FolderVariable) is not { Length: > 0 } folder) return;
        new Thread(() => Watch(folder)) { IsBackground = true, Name = "soak" }.Start();
    }

    private static void Watch(string folder)
    {
        var done = 0;
        while (true)
        {
            Thread.Sleep(200);
            if (!File.Exists(Inspection.Order(folder, done + 1))) continue;
            done++;
            // Twice, with the finalizers between: what they let go of is garbage too.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var answer = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{done}.{Environment.ProcessId}"));
            File.WriteAllText(answer + ".new", string.Create(CultureInfo.InvariantCulture,
                $"{Assembly.GetEntryAssembly()?.GetName().Name} {GC.GetTotalMemory(false)} {Timer.ActiveCount} {ThreadPool.ThreadCount}"));
            File.Move(answer + ".new", answer + Inspection.Answered);
        }
    }
}
