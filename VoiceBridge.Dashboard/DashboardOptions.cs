namespace VoiceBridge.Dashboard;

/// <summary>Section <c>Dashboard</c>.</summary>
internal sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>The least time between two readings that pub/sub asks for: screens change twice a second at most.</summary>
    public TimeSpan MinInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often Redis is read when nothing is announced: heartbeats age, and messages may be lost.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many ended calls are listed.</summary>
    public int RecentCalls { get; set; } = 500;

    /// <summary>Whether those with the role VoiceBridge.Reader may read what is said in calls. Operators always may.</summary>
    public bool ReadersSeeTranscripts { get; set; }

    /// <summary>The agent profiles offered on the talk page, beside those that running calls use.</summary>
    public IList<string> Profiles { get; } = [];

    /// <summary>What only stands in for the real thing: <c>phone</c>, <c>agent</c>. Each page says so. Set by ./up.sh and the AppHost.</summary>
    public IList<string> Simulated { get; } = [];

    /// <summary>Where traces are shown, with <c>{traceId}</c> in it: Aspire's dashboard, or a search of Application Insights. Null: calls have no link to their trace.</summary>
    public string? TraceUrl { get; set; }

    /// <summary>The currency of the configured prices, as shown before an amount.</summary>
    public string Currency { get; set; } = "$";

    /// <summary>How long a conversation from the browser may last.</summary>
    public TimeSpan TalkLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The address of a trace, where one is configured.</summary>
    public string? TraceUrlOf(string? traceId) =>
        traceId is { Length: > 0 } && TraceUrl is { Length: > 0 } template ? template.Replace("{traceId}", Uri.EscapeDataString(traceId), StringComparison.Ordinal) : null;

    /// <summary>The agent of the talk page is the simulator's.</summary>
    public bool AgentIsSimulated => Simulated.Contains("agent");
}
