namespace VoiceBridge.History;

/// <summary>Section <c>History</c>: how long what is kept of ended calls stays. Transcripts have their own setting, <c>Transcripts:Retention</c>.</summary>
public sealed class HistoryOptions
{
    /// <summary>The configuration section's name.</summary>
    public const string Section = "History";

    /// <summary>The name of the connection string. Without it nothing is kept.</summary>
    public const string ConnectionName = "history";

    /// <summary>Whether to sign in to PostgreSQL with the process's identity in Entra ID instead of a password.</summary>
    public bool EntraId { get; set; }

    /// <summary>How many days the record of a call is kept, with its timeline.</summary>
    public int CallDays { get; set; } = 365;

    /// <summary>How many days the daily figures are kept. They name no caller.</summary>
    public int ReportDays { get; set; } = 1_095;

    /// <summary>How many days it is kept who has read a transcript or exported calls.</summary>
    public int AccessDays { get; set; } = 365;

    /// <summary>How many days webhooks that no receiver took are kept, to be sent again.</summary>
    public int WebhookDays { get; set; } = 30;

    /// <summary>How long a call rests after its end before it is written, so that what its gateway still writes of it comes along.</summary>
    public TimeSpan Settle { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many ended calls may wait for the database.</summary>
    public int MaxWaitingCalls { get; set; } = 20_000;

    /// <summary>How many of them may wait with their transcript.</summary>
    public int MaxWaitingTranscripts { get; set; } = 5_000;
}
