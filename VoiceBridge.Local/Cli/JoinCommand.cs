using System.Text.Json;
using VoiceBridge.Local.Joining;

namespace VoiceBridge.Local.Cli;

/// <summary><c>./up.sh join</c>: what a gateway or a CallControl of your own needs to join the local system that runs.</summary>
internal static class JoinCommand
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static int Run(string service, bool launchSettings, TextWriter output, TextWriter errors)
    {
        if (JoinInfo.Running() is not [var info, ..])
        {
            errors.WriteLine("No local system runs. Start one with ./up.sh, in another terminal.");
            return 1;
        }
        foreach (var line in Lines(info, service, launchSettings)) output.WriteLine(line);
        return 0;
    }

    /// <summary>Lines for a shell, which <c>eval</c> takes, or a file for an IDE.</summary>
    internal static IEnumerable<string> Lines(JoinInfo info, string service, bool launchSettings)
    {
        var variables = info.Services[service];
        var project = service == JoinInfo.Gateway ? "VoiceBridge.MediaGateway" : "VoiceBridge.CallControl";
        if (launchSettings)
        {
            yield return JsonSerializer.Serialize(
                new { profiles = new Dictionary<string, object> { ["joins ./up.sh"] = new { commandName = "Project", environmentVariables = variables } } }, Format);
            yield break;
        }
        yield return $"# A {service} of your own joins the local system of process {info.ProcessId} with these. Calls reach it at ASPNETCORE_URLS and nowhere else.";
        foreach (var (name, value) in variables) yield return $"export {name}='{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        yield return $"# dotnet run --no-launch-profile --project {project}";
    }
}
