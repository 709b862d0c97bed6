using VoiceBridge.ServiceDefaults.Access;

namespace VoiceBridge.ServiceDefaults.Hosting;

/// <summary>A service as a process of its own.</summary>
public static class ServiceProcess
{
    /// <summary>The exit code of a service whose settings keep it from starting (<c>EX_CONFIG</c> of sysexits.h).</summary>
    public const int WrongSettings = 78;

    /// <summary>Runs it to its end. Settings that keep it from starting are listed on standard error, one line each: where they are read says nothing to who set them.</summary>
    public static async Task<int> RunAsync(Func<Task> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception) when (SettingsException.MistakesOf(exception) is { Count: > 0 } mistakes)
        {
            await Console.Error.WriteLineAsync($"Not started: {mistakes.Count} setting(s) missing or wrong.");
            foreach (var mistake in mistakes) await Console.Error.WriteLineAsync($"- {mistake}");
            return WrongSettings;
        }
    }
}
