namespace VoiceBridge.CallControl.Acs;

/// <summary>Chooses the client by <c>Acs:Client</c>: Microsoft's SDK unless it says <c>Rest</c>.</summary>
internal static class CallAutomationFactory
{
    public static ICallAutomation Create(AcsOptions options, TimeProvider time) => options.Client is AcsClient.Rest
        ? RestCallAutomation.Create(options, time)
        : SdkCallAutomation.Create(options, time);
}
