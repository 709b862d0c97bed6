namespace VoiceBridge.Dashboard.Access;

/// <summary>Who may do what. Roles are Entra ID app roles; policies are what the code asks for.</summary>
internal static class Policies
{
    /// <summary>The app role of those who look.</summary>
    public const string ReaderRole = "VoiceBridge.Reader";

    /// <summary>The app role of those who also act.</summary>
    public const string OperatorRole = "VoiceBridge.Operator";

    /// <summary>See the cluster and its calls.</summary>
    public const string Read = "Read";

    /// <summary>Read what is said in calls.</summary>
    public const string ReadTranscripts = "ReadTranscripts";

    /// <summary>Drain gateways, hang up and transfer calls, talk to agents.</summary>
    public const string Act = "Act";
}
