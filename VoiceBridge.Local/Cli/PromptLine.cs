using System.Text;

namespace VoiceBridge.Local.Cli;

/// <summary>The line that is being typed, with the lines before it under the arrow keys.</summary>
internal sealed class PromptLine
{
    private readonly StringBuilder _typed = new();
    private readonly List<string> _history = [];
    private int _at;

    /// <summary>What has been typed so far.</summary>
    public string Text => _typed.ToString();

    /// <summary>One key; the whole line when it was entered.</summary>
    public string? Press(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                var line = _typed.ToString().Trim();
                Show("");
                if (line.Length > 0 && _history.LastOrDefault() != line) _history.Add(line);
                _at = _history.Count;
                return line;
            case ConsoleKey.Backspace when _typed.Length > 0:
                _typed.Length--;
                break;
            case ConsoleKey.Escape:
                Show("");
                break;
            case ConsoleKey.UpArrow when _at > 0:
                Show(_history[--_at]);
                break;
            case ConsoleKey.DownArrow when _at < _history.Count:
                Show(++_at < _history.Count ? _history[_at] : "");
                break;
            default:
                if (!char.IsControl(key.KeyChar)) _typed.Append(key.KeyChar);
                break;
        }
        return null;
    }

    private void Show(string text) => _typed.Clear().Append(text);
}
