using System.Text;

namespace VoiceBridge.Local.Cli;

/// <summary>Reads commands while calls run: typed under the live table, or line by line from a redirected input.</summary>
internal sealed class Prompt(Faults faults, Action<string> say)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(50);
    private readonly StringBuilder _typed = new();

    /// <summary>What has been typed so far.</summary>
    public string Typed => _typed.Length == 0 ? "type a command (help), Ctrl-C ends" : _typed.ToString();

    /// <summary>Reads until cancelled or told to quit; true when told to quit.</summary>
    public Task<bool> RunAsync(CancellationToken cancellationToken) => Console.IsInputRedirected ? ReadLinesAsync(cancellationToken) : ReadKeysAsync(cancellationToken);

    private async Task<bool> ReadLinesAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A read of the standard input cannot be cancelled, only left behind.
            while (await Task.Run(Console.In.ReadLine, cancellationToken).WaitAsync(cancellationToken) is { } line)
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
                var key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Backspace && _typed.Length > 0) _typed.Length--;
                else if (key.Key == ConsoleKey.Enter && await DoAsync(Take(), cancellationToken)) return true;
                else if (!char.IsControl(key.KeyChar)) _typed.Append(key.KeyChar);
            }
            await Task.Delay(Period, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
        return false;
    }

    private string Take()
    {
        var line = _typed.ToString().Trim();
        _typed.Clear();
        return line;
    }

    private async Task<bool> DoAsync(string line, CancellationToken cancellationToken)
    {
        if (line.Length == 0) return false;
        if (line is "quit" or "exit") return true;
        say($"> {line}: {await faults.RunAsync(line, cancellationToken)}");
        return false;
    }
}
