namespace VoiceBridge.Local.Cli;

/// <summary>Reads commands while calls run: typed under the live table, or line by line from a redirected input.</summary>
internal sealed class Prompt(PromptCommands commands, Action<string> say)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private readonly PromptLine _line = new();

    /// <summary>What has been typed so far.</summary>
    public string Typed => _line.Text.Length == 0 ? "type a command (help), Ctrl-C ends" : _line.Text;

    /// <summary>Reads until cancelled or told to quit; true when told to quit.</summary>
    public Task<bool> RunAsync(CancellationToken cancellationToken) => Console.IsInputRedirected ? ReadLinesAsync(Console.In, cancellationToken) : ReadKeysAsync(cancellationToken);

    /// <summary>Reads lines of <paramref name="input"/> to its end.</summary>
    internal async Task<bool> ReadLinesAsync(TextReader input, CancellationToken cancellationToken)
    {
        try
        {
            // A read of the standard input cannot be cancelled, only left behind.
            while (await Task.Run(input.ReadLine, cancellationToken).WaitAsync(cancellationToken) is { } line)
            {
                if (await DoAsync(line.Trim(), cancellationToken)) return true;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
        return false;
    }

    private async Task<bool> ReadKeysAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            while (Console.KeyAvailable)
            {
                if (_line.Press(Console.ReadKey(intercept: true)) is { } entered && await DoAsync(entered, cancellationToken)) return true;
            }
            await Task.Delay(Period, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return false;
    }

    private async Task<bool> DoAsync(string line, CancellationToken cancellationToken)
    {
        // What follows # is a remark, for scripts.
        if (line.Length == 0 || line.StartsWith('#')) return false;
        if (PromptCommands.IsQuit(line)) return true;
        var said = await commands.RunAsync(line, cancellationToken);
        say($"> {line}{(said.Contains('\n', StringComparison.Ordinal) ? Environment.NewLine : ": ")}{said}");
        return false;
    }
}
