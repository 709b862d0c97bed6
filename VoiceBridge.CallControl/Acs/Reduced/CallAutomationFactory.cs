namespace VoiceBridge.CallControl.Acs;

/// <summary>Chooses the client where the package feed lacks Azure.Communication.CallAutomation: there is one.</summary>
internal static class CallAutomationFactory
{
    public static ICallAutomation Create(AcsOptions options, TimeProvider time) => options.Client is AcsClient.Sdk
        ? throw new InvalidOperationException("Acs:Client is Sdk, but this build (ReducedFeed) has only Rest.")
        : RestCallAutomation.Create(options, time);
}
