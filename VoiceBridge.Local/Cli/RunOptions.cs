namespace VoiceBridge.Local.Cli;

/// <summary>What the command line asks for.</summary>
internal sealed record RunOptions
{
    public required LocalOptions System { get; init; }

    /// <summary>Callers on the phone.</summary>
    public int Callers { get; init; }

    /// <summary>Callers on the phone over Twilio, beside them.</summary>
    public int TwilioCallers { get; init; }

    /// <summary>Callers in a browser.</summary>
    public int WebCallers { get; init; }

    /// <summary>Length of the calls; null: until stopped.</summary>
    public int? Seconds { get; init; }

    public bool Headless { get; init; }

    public bool Demo { get; init; }

    public bool Verbose { get; init; }

    /// <summary>Settings as <c>Name=Value</c>.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];
}
