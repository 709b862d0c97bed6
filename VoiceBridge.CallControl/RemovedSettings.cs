namespace VoiceBridge.CallControl;

/// <summary>Settings that earlier versions read. A deployment that still sets one is told what replaces it.</summary>
internal static partial class RemovedSettings
{
    /// <summary>Logs a warning for each removed setting that is set.</summary>
    public static void WarnOfRemovedSettings(this WebApplication app)
    {
        if (!string.IsNullOrEmpty(app.Configuration["Acs:Client"])) LogAcsClient(app.Logger);
    }

    [LoggerMessage(1601, LogLevel.Warning, "The setting Acs:Client is removed and has no effect: VoiceBridge.CallControl uses ACS's REST API, "
        + "VoiceBridge.CallControl.AcsSdk uses the SDK. Deploy:AcsClient chooses between them when the system is deployed")]
    private static partial void LogAcsClient(ILogger logger);
}
