namespace VoiceBridge.MediaGateway.Tools;

/// <summary>The call that a tool works for; a scoped service.</summary>
public sealed class CallContext
{
    /// <summary>The call's id, as in logs and on the dashboard.</summary>
    public string CallId { get; internal set; } = "";

    /// <summary>The provider's id of the call.</summary>
    public string CorrelationId { get; internal set; } = "";

    /// <summary>Who calls, as the provider gave it: a number, or <c>anonymous</c>.</summary>
    public string CallerId { get; internal set; } = "";

    /// <summary>The number that was dialled.</summary>
    public string CalledNumber { get; internal set; } = "";

    /// <summary>The name of the profile that answers.</summary>
    public string Agent { get; internal set; } = "";
}
