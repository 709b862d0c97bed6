namespace VoiceBridge.MediaGateway.Engines.VoiceLive;

internal enum SessionMove
{
    /// <summary>Open a session, not on the endpoint in <see cref="SessionAction.Detail"/> where there is another.</summary>
    Open,

    /// <summary>Send the settings.</summary>
    Configure,

    /// <summary>The call goes on with this session.</summary>
    Switch,

    /// <summary>The call has no session.</summary>
    Detach,
    Close,
    Abort,

    /// <summary>The session's endpoint is not to be trusted for a while.</summary>
    BlameEndpoint,

    /// <summary>Leave out the tool with the index in <see cref="SessionAction.Detail"/>: the service refuses it.</summary>
    LeaveOutTool,

    /// <summary>There is no session and none can be had; <see cref="SessionAction.Detail"/> says why.</summary>
    GiveUp,
}

internal readonly record struct SessionAction(SessionMove Move, KeptSession? Session = null, string? Detail = null);
