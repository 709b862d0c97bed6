using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace VoiceBridge.AppHost;

/// <summary>Whether this machine can run containers: a client alone is not enough, its engine must answer.</summary>
internal static class ContainerRuntime
{
    /// <summary><c>container</c> or <c>embedded</c>: which Redis to run here, instead of finding out.</summary>
    public const string RedisSetting = "Redis:Server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>True when the runtime that Aspire would use answers, or when <see cref="RedisSetting"/> says so.</summary>
    /// <exception cref="InvalidOperationException"><see cref="RedisSetting"/> is neither of the two.</exception>
    public static bool Answers(IConfiguration configuration)
    {
        switch (configuration[RedisSetting])
        {
            case "container": return true;
            case "embedded": return false;
            case null or "": break;
            case var other: throw new InvalidOperationException($"{RedisSetting} is '{other}': only 'container' and 'embedded' are known.");
        }

        // https://aspire.dev/app-host/configuration: which of the two Aspire was told to use.
        var chosen = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        string[] runtimes = string.IsNullOrEmpty(chosen) ? ["docker", "podman"] : [chosen];
        return runtimes.Any(Answers);
    }

    private static bool Answers(string runtime)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, ["info"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            if (process is null) return false;
            // Read on, so that a full pipe does not hold it up.
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience)) return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;       // not installed
        }
    }
}
