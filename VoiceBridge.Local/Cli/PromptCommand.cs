namespace VoiceBridge.Local.Cli;

/// <summary>One command of the prompt.</summary>
/// <param name="Usage">Its words, then its arguments: <c>kill gateway [n]</c>. Words come before the first argument, which begins with <c>[</c>.</param>
/// <param name="Does">What it does, for the help.</param>
/// <param name="RunAsync">Does it with the arguments that were typed, and says in one line what was done.</param>
internal sealed record PromptCommand(string Usage, string Does, Func<string[], CancellationToken, Task<string>> RunAsync)
{
    /// <summary>It makes something fail: the summary lists it.</summary>
    public bool IsFault { get; init; }

    /// <summary>How many arguments it takes at most: an option and its value are two.</summary>
    private int MaxArguments => Usage.Count(letter => letter == '[') + Usage.Split("--").Length - 1;

    /// <summary>The words that name it.</summary>
    public string[] Words { get; } = [.. Usage.Split(' ').TakeWhile(word => !word.StartsWith('['))];

    /// <summary>Whether this line is this command, whatever its arguments are.</summary>
    public bool IsNamedBy(string[] line) => line.Length >= Words.Length && Words.Zip(line).All(pair => pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase));

    /// <summary>Its arguments in such a line.</summary>
    /// <exception cref="PromptException">There are too many.</exception>
    public string[] Arguments(string[] line)
    {
        var arguments = line[Words.Length..];
        return arguments.Length <= MaxArguments ? arguments : throw new PromptException($"'{string.Join(' ', arguments[MaxArguments..])}' is too much: {Usage}");
    }
}
