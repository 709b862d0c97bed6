using VoiceBridge.Local.Cli;

namespace VoiceBridge.System.Tests.Local;

public sealed class PromptTests
{
    private static readonly PromptCommands Commands = new(
    [
        new("kill gateway [n]", "end it", (arguments, _) => Task.FromResult($"killed {string.Join(' ', arguments)}")) { IsFault = true },
        new("kill callcontrol [n]", "end it", (_, _) => throw new PromptException("None runs.")) { IsFault = true },
        new("call [n] [from] [--phone acs|web]", "call", (arguments, _) => Task.FromResult(string.Join(' ', arguments))),
    ]);

    [Theory]
    [InlineData("kill gateway 2", "killed 2")]
    [InlineData("KILL  Gateway", "killed ")]
    [InlineData("kill gateway 1 2", "'2' is too much: kill gateway [n]")]
    [InlineData("kill redis", "Unknown command 'kill redis'. There is kill gateway [n], kill callcontrol [n].")]
    [InlineData("burn gateway", "Unknown command 'burn gateway'. Type help for the list.")]
    [InlineData("call 2 +49 --phone web", "2 +49 --phone web")]
    public async Task A_command_is_done_or_named(string line, string answer) => Assert.Equal(answer, await Commands.RunAsync(line, TestContext.Current.CancellationToken));

    [Fact]
    public async Task Help_has_a_line_for_each_command()
    {
        var lines = (await Commands.RunAsync("help", TestContext.Current.CancellationToken)).Split(Environment.NewLine);

        Assert.Equal(["kill gateway [n]", "kill callcontrol [n]", "call [n] [from] [--phone acs|web]", "help", "quit"], lines.Select(line => line.Trim().Split("  ")[0]));
    }

    [Fact]
    public async Task Only_faults_that_were_made_are_listed()
    {
        var commands = new PromptCommands([new("drop voicelive", "", (_, _) => Task.FromResult("")) { IsFault = true }, new("call", "", (_, _) => Task.FromResult("")),
            new("stop redis", "", (_, _) => throw new PromptException("It is yours.")) { IsFault = true }]);
        foreach (var line in (string[])["drop voicelive", "call", "stop redis"]) await commands.RunAsync(line, TestContext.Current.CancellationToken);

        Assert.Equal(["drop voicelive"], commands.Faults);
    }

    [Fact]
    public async Task Lines_of_a_script_are_done_one_after_the_other_until_it_quits()
    {
        var said = new List<string>();
        var quit = await new Prompt(Commands, said.Add).ReadLinesAsync(new StringReader("# a remark\n\nkill gateway 1\ncall 3\nquit\ncall 4\n"), TestContext.Current.CancellationToken);

        Assert.True(quit);
        Assert.Equal(["> kill gateway 1: killed 1", "> call 3: 3"], said);
    }

    [Fact]
    public void The_arrow_keys_bring_back_earlier_lines()
    {
        var line = new PromptLine();
        Assert.Equal("call", Type(line, "cally", ConsoleKey.Backspace, ConsoleKey.Enter));
        Assert.Equal("call 2", Type(line, "call 2", ConsoleKey.Enter));

        Type(line, "", ConsoleKey.UpArrow, ConsoleKey.UpArrow, ConsoleKey.UpArrow);
        Assert.Equal("call", line.Text);
        Type(line, "", ConsoleKey.DownArrow);
        Assert.Equal("call 2", line.Text);
        Assert.Equal("call 23", Type(line, "3", ConsoleKey.Enter));
        Assert.Equal("", line.Text);
    }

    private static string? Type(PromptLine line, string text, params ConsoleKey[] keys)
    {
        foreach (var letter in text) line.Press(new ConsoleKeyInfo(letter, ConsoleKey.None, false, false, false));
        string? entered = null;
        foreach (var key in keys) entered = line.Press(new ConsoleKeyInfo('\0', key, false, false, false));
        return entered;
    }
}
