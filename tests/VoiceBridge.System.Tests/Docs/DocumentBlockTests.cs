using System.Text.Json;
using System.Text.RegularExpressions;
using VoiceBridge.Local.Cli;
using VoiceBridge.Simulator;
using VoiceBridge.System.Tests.Harness;
using VoiceBridge.Testing;

namespace VoiceBridge.System.Tests.Docs;

/// <summary>Every block that somebody may copy from a page is tried: settings are loaded, commands are run against a local system, C# is part of a sample that is built.</summary>
public sealed partial class DocumentBlockTests(DocumentedSystem documented, RedisServers servers) : IClassFixture<DocumentedSystem>
{
    private static readonly string[] Pages = ["README.md", "docs/agents.md", "docs/local.md", "docs/operations.md"];

    public static IEnumerable<TheoryDataRow<string, int>> Blocks =>
        Pages.SelectMany(DocumentBlock.Of).Select(block => new TheoryDataRow<string, int>(block.Page, block.Line));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Blocks))]
    public async Task A_block_works_as_it_stands(string page, int line)
    {
        var block = DocumentBlock.Of(page).Single(candidate => candidate.Line == line);
        switch (block.Language)
        {
            case "json" when block.Text.Contains("\"utilization\"", StringComparison.Ordinal): await IsAnsweredAsync("/scale", block.Text); break;
            case "json": await IsLoadedAsync(block.Text); break;
            case "bash": foreach (var command in block.Lines) await new DocumentedCommand(documented).RunAsync(command); break;
            case "prompt": await IsTypedAsync([.. block.Lines]); break;
            case "csharp": Assert.True(IsInASample(block), "The C# is not in a sample that is built."); break;
            case "mermaid": DrawsWhatIsDeclared(block); break;
            case "" when page == "docs/operations.md": Assert.All(block.Lines, IsLogged); break;
            default: Assert.Fail($"Nobody knows how to try a block of '{block.Language}'."); break;
        }
    }

    [Fact]
    public async Task The_sample_of_settings_is_loaded_with_and_without_its_comments()
    {
        var sample = Repository.Read("samples/voicebridge.json");
        Assert.Equal(sample, InitCommand.Sample);
        await IsLoadedAsync(sample);

        // Each block that is commented out begins and ends as settings do; the sentences before it do not.
        await IsLoadedAsync(CommentedSetting().Replace(sample, "  $1"));
    }

    [Fact]
    public async Task The_tools_of_the_example_answer_the_callers_of_up_sh()
    {
        var call = documented.System.Azure!.PlaceCall(new CallPlan { Script = Callers.Questioner });

        await Heard("a blue bicycle");
        await Heard("08:00-18:00");
        Assert.DoesNotContain(call.Heard, turn => turn.Text?.Contains("that did not work", StringComparison.Ordinal) == true);
        await call.HangUpAsync();

        Task Heard(string words) => Eventually.True(
            () => call.Heard.Any(turn => turn.Text?.Contains(words, StringComparison.Ordinal) == true), Systems.Deadline, $"'{words}' to be heard",
            () => string.Join(" | ", call.Heard.Select(turn => turn.Text)));
    }

    /// <summary>The real services take the settings, and start.</summary>
    private async Task IsLoadedAsync(string settings)
    {
        var folder = Directory.CreateTempSubdirectory("voicebridge-block-");
        try
        {
            // Where a secret or a name of the reader's stands.
            var filled = Placeholder().Replace(settings, "sample00sample00sample00");
            // Kept as ./up.sh keeps it.
            await using var system = await DocumentedSystem.StartAsync(
                servers, DocumentedSystem.Write(folder, filled), options => options with { History = $"Data Source={Path.Combine(folder.FullName, "history.db")}" });
            Assert.Equal(!settings.Contains("\"Acs\"", StringComparison.Ordinal) || settings.Contains("// \"Acs\"", StringComparison.Ordinal), system.SimulatedPhone);
            Assert.Equal(!settings.Contains("\"VoiceLive\"", StringComparison.Ordinal) || settings.Contains("// \"VoiceLive\"", StringComparison.Ordinal), system.SimulatedAgent);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The service's answer has these members; three dots stand for others.</summary>
    private async Task IsAnsweredAsync(string path, string expected)
    {
        using var http = new HttpClient { BaseAddress = documented.System.CallControl };
        var answer = JsonElement.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), Ct));
        var members = Member().Matches(expected).Select(match => match.Groups[1].Value).ToArray();
        Assert.NotEmpty(members);
        Assert.All(members, member => Assert.True(answer.TryGetProperty(member, out _), $"{path} has no '{member}'."));
    }

    /// <summary>Each line is a command that does something.</summary>
    private async Task IsTypedAsync(string[] lines)
    {
        await using var system = await Systems.StartAsync(servers, RedisKind.Garnet, options => options with { Gateways = 2 });
        var round = new CallRound(system, system.Azure!, new() { }, TimeProvider.System);
        var commands = new PromptCommands([.. new CallerCommands(system, round, null).Commands, .. new Faults(system).Commands]);
        foreach (var line in lines)
        {
            var said = await commands.RunAsync(line, Ct);
            TestContext.Current.TestOutputHelper?.WriteLine($"> {line}: {said}");
            Assert.DoesNotMatch("^(Unknown|'|There are|There is|None|Nobody|No call)", said);
        }
        await round.HangUpAsync();
    }

    private static bool IsInASample(DocumentBlock block)
    {
        var wanted = Squeezed(block.Text);
        return Repository.Files("samples", "*.cs").Any(path => Squeezed(Repository.Read(path)).Contains(wanted, StringComparison.Ordinal));

        static string Squeezed(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
    }

    private static void DrawsWhatIsDeclared(DocumentBlock block)
    {
        var declared = block.Lines.Select(line => Participant().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToArray();
        var arrows = block.Lines.Select(line => Arrow().Match(line)).Where(match => match.Success).ToArray();
        Assert.NotEmpty(arrows);
        Assert.All(arrows, arrow => Assert.True(declared.Contains(arrow.Groups[1].Value) && declared.Contains(arrow.Groups[2].Value), arrow.Value));
    }

    /// <summary>A service writes such a line: the words of its source, whatever stands in the holes.</summary>
    private static void IsLogged(string line) => Assert.Contains(Messages.Value, message => message.IsMatch(line));

    private static readonly Lazy<Regex[]> Messages = new(() =>
    [
        .. Repository.Files("VoiceBridge.MediaGateway", "*.cs").SelectMany(path => LogMessage().Matches(Repository.Read(path)))
            .Select(match => new Regex($"^{Hole().Replace(Regex.Escape(match.Groups[1].Value), ".+")}$")),
    ]);

    [GeneratedRegex("<[^>\n]+>")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\"([a-z_]+)\":")]
    private static partial Regex Member();

    [GeneratedRegex(@"^  // ([\s""{}\[\]].*)$", RegexOptions.Multiline)]
    private static partial Regex CommentedSetting();

    [GeneratedRegex(@"^\s*participant (\w+)")]
    private static partial Regex Participant();

    [GeneratedRegex(@"(\w+)-?->>(\w+):")]
    private static partial Regex Arrow();

    [GeneratedRegex(@"LoggerMessage\([^""]*""([^""]+)""")]
    private static partial Regex LogMessage();

    [GeneratedRegex(@"\\\{\w+(:[^}]*)?}")]
    private static partial Regex Hole();
}
