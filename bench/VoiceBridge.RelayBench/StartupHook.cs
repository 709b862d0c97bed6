using System.Globalization;

/// <summary>
/// Loaded into every measured process alike (DOTNET_STARTUP_HOOKS): writes the collector's counters to the file of
/// RELAYBENCH_GC twice a second, so that the measured programs need no endpoint for it.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("RELAYBENCH_GC") is not { Length: > 0 } path) return;
        var writer = new Thread(() =>
        {
            while (true)
            {
                var line = string.Create(CultureInfo.InvariantCulture,
                    $"{GC.GetTotalAllocatedBytes()} {GC.CollectionCount(0)} {GC.GetTotalPauseDuration().TotalMilliseconds:F3}");
                File.WriteAllText(path + ".new", line);
                File.Move(path + ".new", path, overwrite: true);
                Thread.Sleep(500);
            }
        }) { IsBackground = true, Name = "gc counters" };
        writer.Start();
    }
}
