namespace VoiceBridge.Simulator;

/// <summary>One item of a simulated session's conversation.</summary>
public sealed class SimulatedItem
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary><c>message</c>, <c>function_call</c> or <c>function_call_output</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>user</c>, <c>assistant</c> or <c>system</c>, for messages.</summary>
    public string? Role { get; init; }

    /// <summary>What was said; the arguments of a function call; the output of one.</summary>
    public string Text { get; set; } = "";

    /// <summary>The function's name, for calls.</summary>
    public string? Name { get; init; }

    /// <summary>Joins call and output.</summary>
    public string? CallId { get; init; }

    /// <summary>Audio of it that was delivered, ms; of the caller's turns, how much speech of them was heard.</summary>
    public double AudioMs { get; set; }

    /// <summary>Where the client said that its audio ended for the caller, ms.</summary>
    public double? TruncatedAtMs { get; set; }

    /// <summary>Whether a client put it there, with <c>conversation.item.create</c>.</summary>
    public bool FromClient { get; init; }

    /// <summary>An assistant's message in text only.</summary>
    public bool TextOnly { get; init; }

    /// <summary>Said by a response that knew nothing of what is around it.</summary>
    internal bool Aside { get; init; }

    /// <summary>The number that its audio carries; see <see cref="CallPlayout.PlayedByItem"/>.</summary>
    public int Number { get; init; }
}
