using System.Text.RegularExpressions;
using UpCommandLine = VoiceBridge.Local.Cli.CommandLine;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>Tries one line of a shell: runs it against a local system where it can be run in a moment, else has what takes it check it.</summary>
internal sealed partial class DocumentedCommand(DocumentedSystem documented)
{
    /// <summary>Runs that are given another length only show that they begin and end well.</summary>
    private const string Seconds = "3";

    public async Task RunAsync(string line)
    {
        var command = Remark().Replace(line, "").Trim();
        if (command.Length == 0) return;
        if (UpSh().Match(command) is { Success: true } up) await UpAsync(Words(up.Groups[1].Value), alone: command.StartsWith("./up.sh", StringComparison.Ordinal));
        else if (Project().Match(command) is { Success: true } project) Assert.True(Repository.Files(project.Groups[1].Value, "*.csproj").Any(), $"There is no project {project.Groups[1].Value}.");
        else if (Script().Match(command) is { Success: true } script) Assert.True(Repository.Has(script.Groups[1].Value), $"There is no {script.Groups[1].Value}.");
        else if (Folder().Match(command) is { Success: true } folder) Assert.True(Repository.Has(Path.GetDirectoryName(folder.Groups[1].Value)!), $"There is no place for {folder.Groups[1].Value}.");
        else if (Curl().Match(command) is { Success: true } curl) await CurlAsync(new Uri(curl.Groups[1].Value));
        else Assert.Fail($"Nobody knows how to try '{command}'.");
    }

    /// <summary>The real command line takes it; one without a screen is run.</summary>
    private static async Task UpAsync(string[] arguments, bool alone)
    {
        var errors = UpCommandLine.Create().Parse(arguments).Errors.Select(error => error.Message);
        Assert.Empty(errors);
        if (!alone || !arguments.Contains("--headless")) return;
        var seconds = Array.IndexOf(arguments, "--seconds");
        string[] shortened = seconds < 0 ? [.. arguments, "--seconds", Seconds] : [.. arguments[..(seconds + 1)], Seconds, .. arguments[(seconds + 2)..]];
        // 1 says that a caller did not fare well, in a few seconds beside other tests; that the command is wrong would be 2.
        Assert.InRange(await UpCommandLine.RunAsync(shortened), 0, 1);
    }

    /// <summary>The usual ports of the first replicas are those of the test's system.</summary>
    private async Task CurlAsync(Uri address)
    {
        var there = address.Port switch
        {
            5100 => documented.System.CallControl,
            5200 => documented.System.Media,
            5201 => documented.System.Gateways[0].Address,
            5300 => documented.System.Azure!.Address,
            _ => throw new ArgumentException($"Nothing of a local system has the port {address.Port}."),
        };
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(there, address.PathAndQuery), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode}");
    }

    private static string[] Words(string line) => [.. Word().Matches(line).Select(match => match.Value.Trim('"'))];

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Remark();

    [GeneratedRegex(@"\./up\.sh([^>|)]*)")]
    private static partial Regex UpSh();

    [GeneratedRegex(@"^dotnet run .*--project (\S+)")]
    private static partial Regex Project();

    [GeneratedRegex(@"^(?:\./)?(\S+\.sh)\b")]
    private static partial Regex Script();

    [GeneratedRegex(@"^mkdir -p (\S+)$")]
    private static partial Regex Folder();

    [GeneratedRegex(@"^curl (http://127\.0\.0\.1:\S+)$")]
    private static partial Regex Curl();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
