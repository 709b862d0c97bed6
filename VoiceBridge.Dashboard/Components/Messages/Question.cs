namespace VoiceBridge.Dashboard.Components.Messages;

/// <summary>What a dialog asks before something is done.</summary>
internal sealed record Question(string Title, string Text, string Verb)
{
    /// <summary>What makes this one worse than usual; the button that does it is then red and not preselected.</summary>
    public string? Warning { get; init; }

    /// <summary>What is done cannot be undone.</summary>
    public bool Dangerous { get; init; }

    /// <summary>The label of a field to fill in; null asks for a yes only.</summary>
    public string? Field { get; init; }

    /// <summary>Shown in the empty field.</summary>
    public string? Example { get; init; }

    /// <summary>What is wrong with what was typed, or null.</summary>
    public Func<string, string?> Check { get; init; } = _ => null;

    /// <summary>Whether the button that does it is the red one.</summary>
    public bool IsRed => Dangerous || Warning is not null;
}
