namespace VoiceBridge.Simulator.Load;

/// <summary>How much to call, and how.</summary>
public sealed record LoadPlan
{
    /// <summary>Calls in all.</summary>
    public int Calls { get; init; } = 10;

    /// <summary>New calls a second.</summary>
    public double Rate { get; init; } = 2;

    /// <summary>Each caller hangs up that long after being answered.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What callers do: <c>conversation</c>, <c>default</c>, <c>silent</c>, or <c>measure</c> (Voice Live must echo).</summary>
    public string Script { get; init; } = "conversation";

    /// <summary>The dialled number.</summary>
    public string To { get; init; } = "+14255550199";

    /// <summary>The callers' numbers count up from this one.</summary>
    public long FirstCaller { get; init; } = 14255560000;

    /// <summary>The script of that name.</summary>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static CallerScript Named(string name, TimeSpan duration) => name switch
    {
        "conversation" => CallerScript.Conversation(1_000),
        "default" => CallerScript.Default,
        "silent" => CallerScript.Silent,
        "measure" => CallerScript.Measure(duration),
        _ => throw new ArgumentException($"There is no script '{name}': use conversation, default, silent or measure."),
    };
}
