namespace VoiceBridge.ServiceDefaults.Privacy;

/// <summary>How much of a caller's number is shown.</summary>
public enum CallerIdVisibility
{
    /// <summary>The last four digits; everything before is starred.</summary>
    Last4,

    /// <summary>The whole number.</summary>
    Full,

    /// <summary>A keyed hash: the same caller is recognised, nobody is identified.</summary>
    Hash,
}
