namespace VoiceBridge.Dashboard.Calls;

/// <summary>What the table of calls can be sorted by.</summary>
public enum CallColumn
{
    Since,
    From,
    State,
    Agent,
    Gateway,
    Duration,
    Turns,
    FirstAudio,
    Cost,
}
