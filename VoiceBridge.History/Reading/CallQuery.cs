namespace VoiceBridge.History.Reading;

/// <summary>Which ended calls are looked for, the latest first. What is null or empty does not matter.</summary>
public sealed record CallQuery
{
    public const int MaxCount = 500;

    /// <summary>Calls that rang at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Calls that rang before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The caller's whole number, or its last four digits.</summary>
    public string? Number { get; init; }

    public string? Agent { get; init; }

    /// <summary>Which phone: <c>acs</c>, <c>web</c>, ...</summary>
    public string? Phone { get; init; }

    public string? Reason { get; init; }

    /// <summary>At least so many seconds long.</summary>
    public int? MinSeconds { get; init; }

    /// <summary>At most so many seconds long.</summary>
    public int? MaxSeconds { get; init; }

    /// <summary>All of these words were said in it.</summary>
    public string? Words { get; init; }

    /// <summary>Where the page before this one ended (<see cref="FoundCalls.Next"/>).</summary>
    public string? After { get; init; }

    /// <summary>How many at most.</summary>
    public int Count { get; init; } = 50;
}
