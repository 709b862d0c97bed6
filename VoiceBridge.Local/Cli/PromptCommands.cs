using StackExchange.Redis;

namespace VoiceBridge.Local.Cli;

/// <summary>All that can be typed while calls run.</summary>
internal sealed class PromptCommands
{
    private const string HelpWord = "help";
    private const int UsageWidth = 36;
    private readonly List<string> _faults = [];
    private readonly PromptCommand[] _commands;

    public PromptCommands(IEnumerable<PromptCommand> commands) => _commands =
    [
        .. commands,
        new(HelpWord, "this list", (_, _) => Task.FromResult(Help)),
        new("quit", "hang up, stop, and sum up; as Ctrl-C", (_, _) => Task.FromResult("")),
    ];

    /// <summary>The faults that were made so far, as they were typed.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>One line for each command.</summary>
    public string Help => string.Join(Environment.NewLine, _commands.Select(command => $"  {command.Usage.PadRight(UsageWidth)}{command.Does}"));

    /// <summary>Whether this ends the run.</summary>
    public static bool IsQuit(string line) => line is "quit" or "exit";

    /// <summary>Does it, and says what was done or why not.</summary>
    public async Task<string> RunAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        try
        {
            if (_commands.FirstOrDefault(command => command.IsNamedBy(words)) is not { } command) throw new PromptException(Unknown(words));
            var done = await command.RunAsync(command.Arguments(words), cancellationToken);
            if (command.IsFault) _faults.Add(string.Join(' ', words));
            return done;
        }
        catch (Exception exception) when (exception is PromptException or InvalidOperationException or RedisException or TimeoutException or LocalStartException)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "It did not come up in time.";
        }
    }

    private string Unknown(string[] words)
    {
        var near = _commands.Where(command => command.Words[0].Equals(words[0], StringComparison.OrdinalIgnoreCase)).Select(command => command.Usage).ToArray();
        return near.Length > 0
            ? $"Unknown command '{string.Join(' ', words)}'. There is {string.Join(", ", near)}."
            : $"Unknown command '{string.Join(' ', words)}'. Type {HelpWord} for the list.";
    }
}
